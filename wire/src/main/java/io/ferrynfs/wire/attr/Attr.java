package io.ferrynfs.wire.attr;

import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;

/**
 * An attribute of a file or file system. {@link Attrs} has the one instance of each.
 *
 * @param <T> the type of its values
 */
public final class Attr<T> {
  private final int number;
  private final String name;
  private final Access access;
  private final XdrReader.Decoder<T> decoder;
  private final XdrWriter.Encoder<T> encoder;

  Attr(
      int number,
      String name,
      Access access,
      XdrReader.Decoder<T> decoder,
      XdrWriter.Encoder<T> encoder) {
    this.number = number;
    this.name = name;
    this.access = access;
    this.decoder = decoder;
    this.encoder = encoder;
  }

  /** What clients may do with an attribute (RFC 8881 section 5.6, column "Acc"). */
  public enum Access {
    /** GETATTR, READDIR, VERIFY and NVERIFY only. */
    READ_ONLY,
    /**
     * SETATTR and the creating operations only; GETATTR returns NFS4ERR_INVAL (RFC 8881 section
     * 5.5).
     */
    WRITE_ONLY,
    /** Both. */
    READ_WRITE
  }

  /** Returns the number of the attribute, which is its bit in a bitmap. */
  public int number() {
    return number;
  }

  /** Returns the name in the RFC. */
  public String name() {
    return name;
  }

  /** Returns the access that the attribute allows. */
  public Access access() {
    return access;
  }

  /** Returns whether clients may read the attribute. */
  public boolean isReadable() {
    return access != Access.WRITE_ONLY;
  }

  /** Returns whether clients may set the attribute. */
  public boolean isWritable() {
    return access != Access.READ_ONLY;
  }

  /** Reads a value. */
  public T decode(XdrReader in) throws XdrException {
    return decoder.decode(in);
  }

  /** Writes a value. */
  public void encode(T value, XdrWriter out) {
    encoder.encode(value, out);
  }

  /** Its name in the RFC. */
  @Override
  public String toString() {
    return name;
  }
}
