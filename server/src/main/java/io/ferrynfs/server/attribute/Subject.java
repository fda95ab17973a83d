package io.ferrynfs.server.attribute;

import io.ferrynfs.server.IdMapper;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.Export;
import io.ferrynfs.server.export.ExportNamespace;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.Space;
import io.ferrynfs.storage.StorageException;
import org.jspecify.annotations.Nullable;

/**
 * The object whose attributes are read. The attributes of the volume are read when first needed and
 * then kept. So all attributes of a reply are of one point in time, and a READDIR that requests
 * only fileids does not read each object.
 */
public final class Subject {
  private final Source source;
  private final Caller caller;
  private final ExportNamespace exports;
  private final ServerLimits limits;
  private final Owners owners;
  private @Nullable FileRef file;
  private @Nullable Attributes attributes;
  private @Nullable Space space;
  private @Nullable Quota quota;

  /** The source of the object's attributes. */
  public interface Source {
    /** Returns the export of the object. */
    Export export();

    /** Returns the object. */
    FileRef file() throws StorageException;

    /** Returns the attributes in the volume. */
    Attributes attributes() throws StorageException;

    /** Returns the fileid, which may be available without the other attributes. */
    default long fileId() throws StorageException {
      return attributes().fileId();
    }

    /** Returns whether it is certain that no other file system is mounted on the object. */
    default boolean isPlain() {
      return false;
    }
  }

  /**
   * Creates a subject.
   *
   * @param source the source of its attributes
   * @param caller the caller, on which the available space depends
   * @param exports for mounted_on_fileid
   * @param limits for maxread, maxwrite and lease_time
   * @param ids the mapping of owner names
   */
  public Subject(
      Source source, Caller caller, ExportNamespace exports, ServerLimits limits, IdMapper ids) {
    this.source = source;
    this.caller = caller;
    this.exports = exports;
    this.limits = limits;
    this.owners = new Owners(ids);
  }

  /** Returns the source for a filehandle. */
  public static Source of(FileRef file, Caller caller) {
    return new OfFile(file, caller);
  }

  Export export() {
    return source.export();
  }

  FileRef file() throws StorageException {
    if (file == null) {
      file = source.file();
    }
    return file;
  }

  Attributes attributes() throws StorageException {
    if (attributes == null) {
      attributes = source.attributes();
    }
    return attributes;
  }

  long fileId() throws StorageException {
    return attributes == null ? source.fileId() : attributes.fileId();
  }

  /** Returns the space of the object's volume. */
  Space space() throws StorageException {
    if (space == null) {
      space = export().volume().space(caller);
    }
    return space;
  }

  /** Returns the quota that applies to the object. */
  Quota quota() throws StorageException {
    if (quota == null) {
      FileRef object = file();
      quota = object.volume().quota(caller, object.handle());
    }
    return quota;
  }

  /** Returns the access control lists of the object. */
  Acls acls() throws StorageException {
    FileRef object = file();
    return object.volume().acls(caller, object.handle());
  }

  /** Returns the fileid of the covered directory if the object is the root of a mount. */
  long mountedOnFileid() throws StorageException {
    return source.isPlain() ? fileId() : exports.mountedOnFileid(file(), fileId());
  }

  Owners owners() {
    return owners;
  }

  ServerLimits limits() {
    return limits;
  }

  private record OfFile(FileRef file, Caller caller) implements Source {
    @Override
    public Export export() {
      return file.export();
    }

    @Override
    public Attributes attributes() throws StorageException {
      return file.volume().attributes(caller, file.handle());
    }
  }
}
