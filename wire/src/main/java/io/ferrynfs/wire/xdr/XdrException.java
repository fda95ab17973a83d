package io.ferrynfs.wire.xdr;

/**
 * Thrown if the received bytes do not match the schema. A server maps it to GARBAGE_ARGS (RFC 5531
 * section 9) or NFS4ERR_BADXDR (RFC 8881 section 15.1.1.1).
 *
 * <p>It has no stack trace because a peer can cause one exception per message, and the message says
 * more than the place in the decoder.
 */
public class XdrException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message the mismatch, with the offending value
   */
  public XdrException(String message) {
    super(message, null, false, false);
  }
}
