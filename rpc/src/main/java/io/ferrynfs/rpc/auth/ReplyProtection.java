package io.ferrynfs.rpc.auth;

import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The authentication of an incoming call that was verified, and of its reply. It may keep state
 * between the two, such as a sequence number.
 */
public interface ReplyProtection {

  /** Returns the caller. */
  RpcPrincipal principal();

  /**
   * Returns the plain arguments. Called once, on the connection's thread, before the call goes to
   * its program.
   *
   * @param received the arguments as received, from its position to its limit; must not be changed
   * @return a buffer whose remaining bytes are the plain arguments
   * @throws XdrException if the arguments have been tampered with: the reply is GARBAGE_ARGS (RFC
   *     2203 section 5.3.3.4.3)
   */
  default ByteBuffer arguments(ByteBuffer received) throws XdrException {
    return received;
  }

  /**
   * Returns the maximum length of the reply's verifier, in bytes, its flavor and length included.
   */
  int verifierBytesMax();

  /**
   * Writes the verifier of an accepted reply, its flavor and length included. Called on the thread
   * that answers the call.
   *
   * @param out holds the reply's header up to the verifier
   */
  void writeVerifier(XdrWriter out);

  /** Returns by how many bytes {@link #writeResults} makes results longer, at most. */
  default int resultsOverheadBytesMax() {
    return 0;
  }

  /**
   * Writes the results of a successful reply, transformed if the service is integrity or privacy.
   * Called on the thread that answers the call.
   *
   * @param out holds the whole header
   * @param results writes the plain results into a writer, once
   */
  default void writeResults(XdrWriter out, Consumer<XdrWriter> results) {
    results.accept(out);
  }
}
