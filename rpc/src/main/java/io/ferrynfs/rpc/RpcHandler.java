package io.ferrynfs.rpc;

import io.ferrynfs.rpc.auth.AuthFlavors;
import java.io.IOException;

/**
 * Handles the calls that arrive on connections. One handler may serve any number of connections;
 * its methods run on the thread of each connection and must not block.
 */
@FunctionalInterface
public interface RpcHandler {

  /** Serves no program: replies PROG_UNAVAIL to every call. For clients without callbacks. */
  RpcHandler NO_PROGRAMS = call -> call.reject(RpcReject.PROG_UNAVAIL);

  /**
   * Handles a call: exactly one of {@link RpcCall#reply}, {@link RpcCall#reject} and {@link
   * RpcCall#drop} must be called for it, now or later, on any thread.
   *
   * <p>An exception thrown before that is logged, and the reply is SYSTEM_ERR.
   */
  void handle(RpcCall call);

  /** Returns the flavors by which calls may be authenticated. Asked once per connection. */
  default AuthFlavors authFlavors() {
    return AuthFlavors.STANDARD;
  }

  /**
   * Receives the end of a connection, after its last call. The handler replies to pending calls
   * nevertheless, which returns their buffers to the pool.
   *
   * @param cause the reason, for a log
   */
  default void closed(RpcConnection connection, IOException cause) {}
}
