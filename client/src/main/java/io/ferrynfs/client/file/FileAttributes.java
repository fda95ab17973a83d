package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.wire.attr.Attr;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Fsid4;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.XdrException;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one object in one reply.
 *
 * @param values the values that the server returned
 */
public record FileAttributes(AttrValues values) {

  /** The attributes that READDIR requests. */
  public static final Bitmap4 WANTED =
      Bitmap4.of(
          Attrs.TYPE.number(),
          Attrs.CHANGE.number(),
          Attrs.SIZE.number(),
          Attrs.FSID.number(),
          Attrs.RDATTR_ERROR.number(),
          Attrs.FILEID.number(),
          Attrs.MODE.number(),
          Attrs.NUMLINKS.number(),
          Attrs.OWNER.number(),
          Attrs.OWNER_GROUP.number(),
          Attrs.RAWDEV.number(),
          Attrs.SPACE_USED.number(),
          Attrs.TIME_ACCESS.number(),
          Attrs.TIME_METADATA.number(),
          Attrs.TIME_MODIFY.number());

  /** The attributes that GETATTR requests: without rdattr_error (RFC 8881 section 5.8.1.12). */
  public static final Bitmap4 WANTED_BY_GETATTR =
      WANTED.andNot(Bitmap4.of(Attrs.RDATTR_ERROR.number()));

  private static final Fsid4 NO_FSID = new Fsid4(0, 0);

  /** Decodes an attribute list. */
  public static FileAttributes of(Fattr4 attributes) throws CallException {
    try {
      return new FileAttributes(AttrValues.decode(attributes));
    } catch (XdrException malformed) {
      throw CallException.of(
          Kind.PROTOCOL, "the server's attributes cannot be decoded: " + malformed.getMessage());
    }
  }

  /** Returns the result of the GETATTR at an index. */
  public static FileAttributes at(Results results, int index) throws CallException {
    if (results.at(index, NfsResop4.Getattr.class).res() instanceof Getattr4Res.Ok(var ok)) {
      return of(ok.objAttributes());
    }
    throw results.failure();
  }

  /**
   * Returns these attributes if type and size are present and valid. Both are mandatory (RFC 8881
   * section 5.6), and a missing size must not be taken for that of an empty file.
   *
   * @throws CallException if type or size are missing or invalid
   */
  public FileAttributes usable() throws CallException {
    if (get(Attrs.TYPE) == null) {
      throw CallException.of(Kind.PROTOCOL, "the server did not report its type");
    }
    Long size = get(Attrs.SIZE);
    if (size == null) {
      throw CallException.of(Kind.PROTOCOL, "the server did not say its size");
    }
    if (size < 0 && isRegular()) {
      throw CallException.of(
          Kind.PROTOCOL,
          "the server reported a size of "
              + Long.toUnsignedString(size)
              + " bytes, which no file can have");
    }
    return this;
  }

  /** Returns whether type and size are present and valid. */
  public boolean isUsable() {
    Long size = get(Attrs.SIZE);
    return get(Attrs.TYPE) != null && size != null && (size >= 0 || !isRegular());
  }

  /** Creates the failure of a read that ended before the size of the file. */
  public static CallException endsEarly(long position, FileAttributes now) {
    return CallException.of(
        Kind.PROTOCOL,
        "the server reported that the file ends after "
            + position
            + " bytes, and that it has "
            + now.sizeBytes());
  }

  /** Returns the value of an attribute, null if the server did not return it. */
  public <T> @Nullable T get(Attr<T> attribute) {
    return values.get(attribute);
  }

  public long sizeBytes() {
    return number(Attrs.SIZE);
  }

  public long usedBytes() {
    return number(Attrs.SPACE_USED);
  }

  public long change() {
    return number(Attrs.CHANGE);
  }

  public long fileid() {
    return number(Attrs.FILEID);
  }

  public Fsid4 fsid() {
    Fsid4 fsid = get(Attrs.FSID);
    return fsid == null ? NO_FSID : fsid;
  }

  public boolean isRegular() {
    return get(Attrs.TYPE) == NfsFtype4.NF4REG;
  }

  /** Returns whether both have the same fsid and fileid (RFC 8881 section 5.8.2.19). */
  public boolean sameObject(FileAttributes other) {
    return fileid() != 0 && fileid() == other.fileid() && fsid().equals(other.fsid());
  }

  private long number(Attr<Long> attribute) {
    Long value = get(attribute);
    return value == null ? 0 : value;
  }
}
