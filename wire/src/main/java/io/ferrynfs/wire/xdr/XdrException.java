package io.ferrynfs.wire.xdr;

/**
 * The bytes at hand are not what the schema says. The one who answers the peer turns this into
 * GARBAGE_ARGS (RFC 5531 section 9) or NFS4ERR_BADXDR (RFC 8881 section 15.1.1.1).
 *
 * <p>It has no stack trace: a peer can cause one per message, and where it was thrown says less
 * than its message.
 */
public class XdrException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what was wrong, with the offending value
   */
  public XdrException(String message) {
    super(message, null, false, false);
  }
}
