package io.ferrynfs.rpc;

import java.io.IOException;

/**
 * Answers the calls that arrive on connections. One handler may serve any number of them; its
 * methods run on each connection's own thread and must not block.
 */
@FunctionalInterface
public interface RpcHandler {

  /** Has no program at all: answers every call with PROG_UNAVAIL. For pure clients. */
  RpcHandler NO_PROGRAMS = call -> call.reject(RpcReject.PROG_UNAVAIL);

  /**
   * A call has arrived. Exactly one of {@link RpcCall}'s answering methods, or {@link
   * RpcCall#drop}, must be called for it, now or later, from any thread.
   *
   * <p>An exception thrown before that is logged and answered with SYSTEM_ERR.
   */
  void handle(RpcCall call);

  /**
   * A connection has ended; the last call for it. Calls not yet answered are answered all the same,
   * which then only gives their buffers back.
   *
   * @param cause the reason, for a log
   */
  default void closed(RpcConnection connection, IOException cause) {}
}
