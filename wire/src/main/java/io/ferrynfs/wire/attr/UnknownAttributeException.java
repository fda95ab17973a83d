package io.ferrynfs.wire.attr;

import io.ferrynfs.wire.xdr.XdrException;

/**
 * Thrown if a bitmap contains an attribute number that {@link Attrs} does not define. The length of
 * its value is unknown, so the values that follow cannot be decoded. A server returns
 * NFS4ERR_ATTRNOTSUPP and not NFS4ERR_BADXDR (RFC 8881 section 18.30.3).
 */
public final class UnknownAttributeException extends XdrException {
  private static final long serialVersionUID = 1L;

  private final int number;

  UnknownAttributeException(int number) {
    super("unknown attribute number " + number);
    this.number = number;
  }

  /** Returns the unknown attribute number. */
  public int number() {
    return number;
  }
}
