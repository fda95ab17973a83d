package io.ferrynfs.wire.attr;

import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;

/**
 * An attribute of a file or file system. There is one object for each, in {@link Attrs}.
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
    /** SETATTR and the like only: asking for it is NFS4ERR_INVAL (section 5.5). */
    WRITE_ONLY,
    /** Both. */
    READ_WRITE
  }

  /** Its bit in a bitmap. */
  public int number() {
    return number;
  }

  /** Its name in the RFC. */
  public String name() {
    return name;
  }

  /** What clients may do with it. */
  public Access access() {
    return access;
  }

  /** Whether clients may ask for it. */
  public boolean isReadable() {
    return access != Access.WRITE_ONLY;
  }

  /** Whether clients may set it. */
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
