package io.ferrynfs.rpc.auth;

import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The authentication of one outgoing call and of its reply. It may keep state between the two, such
 * as a sequence number.
 *
 * <p>The {@code write} methods run on the caller's thread, in the order of the message. The other
 * methods run on the connection's thread and must not block.
 */
@FunctionalInterface
public interface CallProtection {

  /**
   * Writes the credential.
   *
   * @param out holds the call's header from the xid to the procedure, and nothing else
   */
  void writeCredential(XdrWriter out);

  /**
   * Writes the verifier.
   *
   * @param out holds the call's header from the xid to the credential, over which RPCSEC_GSS
   *     computes its MIC (RFC 2203 section 5.3.1)
   */
  default void writeVerifier(XdrWriter out) {
    PlainProtection.writeNone(out);
  }

  /**
   * Writes the arguments, transformed if the service is integrity or privacy.
   *
   * @param out holds the whole header
   * @param arguments writes the plain arguments into a writer, once
   */
  default void writeArguments(XdrWriter out, Consumer<XdrWriter> arguments) {
    arguments.accept(out);
  }

  /**
   * Checks the verifier of an accepted reply, whatever its accept_stat. May be called twice with
   * the same reply.
   *
   * @throws AuthException if the verifier does not prove that the peer sent the reply
   */
  default void check(ReplyVerifier reply) throws AuthException {}

  /**
   * Returns whether {@link #results} changes the results. If it does not, the data of a READ may be
   * received straight into the caller's buffer.
   */
  default boolean transformsResults() {
    return false;
  }

  /**
   * Returns the plain results of a successful reply.
   *
   * @param received the results as received, from its position to its limit; must not be changed
   * @return a buffer whose remaining bytes are the plain results: the same buffer unless {@link
   *     #transformsResults}
   * @throws AuthException if the results have been tampered with
   */
  default ByteBuffer results(ByteBuffer received) throws AuthException {
    return received;
  }
}
