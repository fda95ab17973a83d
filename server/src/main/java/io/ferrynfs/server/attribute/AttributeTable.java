package io.ferrynfs.server.attribute;

import io.ferrynfs.server.IdMapper;
import io.ferrynfs.server.export.Export;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.attr.Attr;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The attributes that this server supports, and how each is read and set (RFC 8881 section 5.8, RFC
 * 7862 section 12.2, RFC 8275, RFC 8276). GETATTR, READDIR, SETATTR, VERIFY, NVERIFY and the
 * operations that create objects use only this table, so they are consistent. supported_attrs is
 * computed from it.
 */
public final class AttributeTable {
  /** The table, which has no state. */
  public static final AttributeTable INSTANCE = new AttributeTable();

  /**
   * Somewhat more than the size of the attributes that a Linux client requests in every GETATTR.
   */
  private static final int VALUES_BYTES = 256;

  private static final int NUMBERS = Bitmap4.WORDS_MAX * Integer.SIZE;

  /** The changes to make and the attributes that they set. */
  public record Settings(AttributeChanges changes, Bitmap4 attributes) {
    /** No changes. */
    public static final Settings NONE = new Settings(AttributeChanges.NONE, Bitmap4.EMPTY);
  }

  /** The operation that sets attributes, which determines the permitted ones. */
  public enum Moment {
    /** SETATTR. */
    LATER,
    /** CREATE, and OPEN with UNCHECKED4 or GUARDED4. */
    CREATION,
    /** OPEN with EXCLUSIVE4_1. */
    EXCLUSIVE_CREATION
  }

  private final @Nullable Row<?>[] rows = new Row<?>[NUMBERS];

  private AttributeTable() {
    List<Row<?>> all = new ArrayList<>(AttributeRows.all());
    all.add(Row.readOnly(Attrs.SUPPORTED_ATTRS, s -> supported(s.export())));
    all.add(Row.readOnly(Attrs.SUPPATTR_EXCLCREAT, s -> settableExclusively(s.export())));
    for (Row<?> row : all) {
      rows[row.attr().number()] = row;
    }
  }

  /** Returns the attributes that objects of the export support. */
  public Bitmap4 supported(Export export) {
    return where(export, row -> true);
  }

  /** Returns the attributes that EXCLUSIVE4_1 may set (RFC 8881 section 5.8.1.14). */
  public Bitmap4 settableExclusively(Export export) {
    return where(export, Row::withExclusiveCreate);
  }

  /**
   * Returns the values of the requested attributes that the object has. Attributes that are not
   * supported are omitted (RFC 8881 section 18.7.3).
   *
   * @throws NfsStatusException NFS4ERR_INVAL if a set-only attribute is requested
   */
  public Fattr4 read(Subject subject, Bitmap4 requested)
      throws NfsStatusException, StorageException {
    checkReadable(subject.export(), requested);
    return readable(subject, requested);
  }

  /**
   * Checks that the request has no set-only attributes.
   *
   * @throws NfsStatusException NFS4ERR_INVAL if a set-only attribute is requested
   */
  public void checkReadable(Export export, Bitmap4 requested) throws NfsStatusException {
    for (int number = requested.next(0); number >= 0; number = requested.next(number + 1)) {
      Row<?> row = find(number, export);
      if (row != null && row.getter() == null) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
      }
    }
  }

  /** Returns the values of attributes that {@link #checkReadable} accepted; see {@link #read}. */
  public Fattr4 readable(Subject subject, Bitmap4 requested) throws StorageException {
    Bitmap4 absent = Bitmap4.EMPTY;
    XdrWriter values = new XdrWriter(VALUES_BYTES);
    for (int number = requested.next(0); number >= 0; number = requested.next(number + 1)) {
      Row<?> row = find(number, subject.export());
      if (row == null || !row.write(subject, values)) {
        absent = absent.with(number);
      }
    }
    return new Fattr4(requested.andNot(absent), values.toOpaque());
  }

  /**
   * Returns the attributes of a READDIR entry whose object cannot be read (RFC 8881 section
   * 5.8.1.12).
   *
   * @param mountedOnFileid the fileid in the directory. It is known without the object, and a
   *     client omits an entry without any fileid
   * @return rdattr_error, with mounted_on_fileid if that was requested; null if rdattr_error was
   *     not requested
   */
  public @Nullable Fattr4 readFailure(Bitmap4 requested, Nfsstat4 status, long mountedOnFileid) {
    Bitmap4 present = Bitmap4.of(Attrs.RDATTR_ERROR.number());
    if (requested.and(present).isEmpty()) {
      return null;
    }
    XdrWriter values = new XdrWriter(VALUES_BYTES);
    values.writeInt(status.value());
    int number = Attrs.MOUNTED_ON_FILEID.number();
    if (requested.has(number)) {
      values.writeLong(mountedOnFileid);
      present = present.with(number);
    }
    return new Fattr4(present, values.toOpaque());
  }

  /**
   * Returns whether the attributes of the object have exactly the given values (RFC 8881 sections
   * 18.15 and 18.31).
   *
   * @throws NfsStatusException NFS4ERR_ATTRNOTSUPP for an attribute that is not supported,
   *     NFS4ERR_INVAL for rdattr_error and set-only attributes, NFS4ERR_BADXDR for values that do
   *     not decode
   */
  public boolean matches(Subject subject, Fattr4 expected)
      throws NfsStatusException, StorageException {
    Export export = subject.export();
    Bitmap4 mask = expected.attrmask();
    for (int number = mask.next(0); number >= 0; number = mask.next(number + 1)) {
      Row<?> row = supportedRow(number, export);
      if (row.getter() == null || number == Attrs.RDATTR_ERROR.number()) {
        throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
      }
    }
    decode(expected);
    // The encoding is canonical: equal values have equal bytes. Missing values change the length.
    Fattr4 actual = read(subject, mask);
    return actual.attrmask().size() == mask.size() && actual.attrVals().equals(expected.attrVals());
  }

  /**
   * Returns the changes for the volume.
   *
   * @param directory whether the object is a directory; used only for access control lists
   * @param ids the mapping of user and group names
   * @throws NfsStatusException NFS4ERR_ATTRNOTSUPP for an attribute that is not supported,
   *     NFS4ERR_INVAL for one that this operation may not set or whose value is out of range,
   *     NFS4ERR_BADXDR for values that do not decode, NFS4ERR_BADOWNER for an unknown owner
   */
  public Settings settings(
      Export export, Fattr4 wanted, Moment moment, boolean directory, IdMapper ids)
      throws NfsStatusException {
    Bitmap4 mask = wanted.attrmask();
    for (int number = mask.next(0); number >= 0; number = mask.next(number + 1)) {
      checkSettable(supportedRow(number, export), moment);
    }
    // RFC 8275 section 5: mode and mode_umask exclude each other.
    if (mask.has(Attrs.MODE.number()) && mask.has(Attrs.MODE_UMASK.number())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    AttrValues values = decode(wanted);
    Changes changes = new Changes(directory, new Owners(ids));
    for (int number = mask.next(0); number >= 0; number = mask.next(number + 1)) {
      apply(supportedRow(number, export), values, changes);
    }
    return new Settings(changes.collected(), mask);
  }

  private static void checkSettable(Row<?> row, Moment moment) throws NfsStatusException {
    boolean settable =
        switch (moment) {
          case LATER -> row.setter() != null && !row.atCreationOnly();
          case CREATION -> row.setter() != null;
          case EXCLUSIVE_CREATION -> row.withExclusiveCreate();
        };
    if (!settable) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
  }

  private static <T> void apply(Row<T> row, AttrValues values, Changes changes)
      throws NfsStatusException {
    Row.Setter<T> setter = row.setter();
    T value = values.get(row.attr());
    if (setter != null && value != null) {
      setter.set(changes, value);
    }
  }

  private static AttrValues decode(Fattr4 encoded) throws NfsStatusException {
    try {
      return AttrValues.decode(encoded);
    } catch (XdrException e) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BADXDR);
    }
  }

  private Row<?> supportedRow(int number, Export export) throws NfsStatusException {
    Row<?> row = find(number, export);
    if (row == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_ATTRNOTSUPP);
    }
    return row;
  }

  private @Nullable Row<?> find(int number, Export export) {
    Row<?> row = rows[number];
    return row != null && row.isSupportedBy(export) ? row : null;
  }

  private Bitmap4 where(Export export, Predicate<Row<?>> condition) {
    Bitmap4 set = Bitmap4.EMPTY;
    for (Row<?> row : rows) {
      if (row != null && row.isSupportedBy(export) && condition.test(row)) {
        set = set.with(row.attr().number());
      }
    }
    return set;
  }

  /** Returns every attribute with a row, for the test of the whole table. */
  List<Attr<?>> attributes() {
    List<Attr<?>> known = new ArrayList<>();
    for (Row<?> row : rows) {
      if (row != null) {
        known.add(row.attr());
      }
    }
    return known;
  }
}
