package io.ferrynfs.wire.attr;

import io.ferrynfs.wire.xdr.XdrException;

/**
 * A bitmap names an attribute that is not in {@link Attrs}, so the values from there on cannot be
 * told apart. A server answers NFS4ERR_ATTRNOTSUPP and not NFS4ERR_BADXDR (RFC 8881, section
 * 18.30.3).
 */
public final class UnknownAttributeException extends XdrException {
  private static final long serialVersionUID = 1L;

  private final int number;

  UnknownAttributeException(int number) {
    super("no attribute has the number " + number);
    this.number = number;
  }

  /** The attribute's bit in the bitmap. */
  public int number() {
    return number;
  }
}
