package io.ferrynfs.rpc.auth;

import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Makes the calls by which a mechanism establishes a credential, on the connection that needs it.
 */
public interface AuthExchange {

  /** Returns the other end of the connection. */
  RpcPeer peer();

  /**
   * Calls the NULL procedure of the program that is about to be called.
   *
   * @param protection writes the credential and verifier of this call, and checks its reply
   * @param arguments writes the arguments, for example a token of the GSS-API
   * @return the plain results, a copy that the receiver owns; or fails with an IOException. It
   *     completes on the connection's thread
   */
  CompletableFuture<ByteBuffer> call(CallProtection protection, Consumer<XdrWriter> arguments);
}
