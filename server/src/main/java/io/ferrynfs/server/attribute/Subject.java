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
 * The object whose attributes are read. What the volume knows of it is asked for when the first
 * attribute needs it and then kept, so that all attributes of one reply are of one moment, and a
 * READDIR that wants no more than fileids costs no look at each object.
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

  /** Where the facts about the object come from. */
  public interface Source {
    /** The export that the object is in. */
    Export export();

    /** The object itself. */
    FileRef file() throws StorageException;

    /** What the volume knows of it. */
    Attributes attributes() throws StorageException;

    /** The number of the object, where that is at hand without its attributes. */
    default long fileId() throws StorageException {
      return attributes().fileId();
    }

    /** Whether it is known that no other file system is mounted on the object. */
    default boolean isPlain() {
      return false;
    }
  }

  /**
   * @param source where the facts come from
   * @param caller who asks, which decides how much space is available to them
   * @param exports for mounted_on_fileid
   * @param limits for maxread, maxwrite and lease_time
   * @param ids the names of owners
   */
  public Subject(
      Source source, Caller caller, ExportNamespace exports, ServerLimits limits, IdMapper ids) {
    this.source = source;
    this.caller = caller;
    this.exports = exports;
    this.limits = limits;
    this.owners = new Owners(ids);
  }

  /** The object of a filehandle. */
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

  /** How full the object's volume is. */
  Space space() throws StorageException {
    if (space == null) {
      space = export().volume().space(caller);
    }
    return space;
  }

  /** What quotas leave for the object. */
  Quota quota() throws StorageException {
    if (quota == null) {
      FileRef object = file();
      quota = object.volume().quota(caller, object.handle());
    }
    return quota;
  }

  /** The object's access control lists. */
  Acls acls() throws StorageException {
    FileRef object = file();
    return object.volume().acls(caller, object.handle());
  }

  /** The fileid of the directory underneath, when something is mounted there. */
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
