package io.ferrynfs.server.export;

import io.ferrynfs.server.export.ExportTable.MountPoint;
import io.ferrynfs.server.export.ExportTable.PublishedExport;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The name space of the server as one client sees it: the exports that it may use, under its rules,
 * and the directories that lead to them. LOOKUP, READDIR and PUTFH do not reveal other exports, as
 * with knfsd.
 */
public final class ExportNamespace {
  private final ExportTable table;
  private final Function<PublishedExport, @Nullable Export> seen;

  ExportNamespace(ExportTable table, Function<PublishedExport, @Nullable Export> seen) {
    this.table = table;
    this.seen = seen;
  }

  /** Returns the root (PUTROOTFH, PUTPUBFH). */
  public FileRef root() {
    Export export = at("/");
    return export == null ? table.top().rootRef() : export.rootRef();
  }

  private @Nullable Export at(String path) {
    PublishedExport published = table.byPath(path);
    return published == null ? null : seen.apply(published);
  }

  /**
   * Decodes a filehandle (PUTFH). This method checks all bytes but not whether the object exists.
   * The use of a stale handle fails with NFS4ERR_STALE.
   *
   * @throws NfsStatusException NFS4ERR_BADHANDLE if it is empty; NFS4ERR_STALE if its volume is not
   *     exported, if the volume did not make it, or if this client may not use the export
   */
  public FileRef decode(NfsFh4 filehandle) throws NfsStatusException {
    long tag = Filehandles.tag(filehandle);
    PublishedExport published = table.byTag(tag);
    Export export =
        published != null ? seen.apply(published) : table.isTop(tag) ? table.top() : null;
    if (export == null) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_STALE);
    }
    Handle handle = Filehandles.handle(filehandle);
    try {
      export.volume().checkHandle(handle);
    } catch (StorageException e) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_STALE);
    }
    return new FileRef(export, handle);
  }

  /** Returns an object of a directory, or the root of the export that is mounted on it (LOOKUP). */
  public FileRef lookup(FileRef directory, Name name, Caller caller) throws StorageException {
    Export mounted = mountedOn(directory, name);
    if (mounted != null) {
      checkSearch(directory, caller);
      return mounted.rootRef();
    }
    Handle found = directory.volume().lookup(caller, directory.handle(), name).handle();
    if (!directory.export().isPseudo()) {
      return directory.sibling(found);
    }
    if (!isSeen(found)) {
      throw new StorageException(Status.NOT_FOUND);
    }
    return cross(directory.sibling(found));
  }

  /** Returns the export that this client sees mounted on a directory entry, or null. */
  public @Nullable Export mountedOn(FileRef directory, Name name) {
    PublishedExport published = table.mountedOn(directory, name);
    return published == null ? null : seen.apply(published);
  }

  /** Returns whether another export is mounted on an entry, also if this client does not see it. */
  public boolean isMountPoint(FileRef directory, Name name) {
    return table.mountedOn(directory, name) != null;
  }

  private static void checkSearch(FileRef directory, Caller caller) throws StorageException {
    Set<AccessRight> search = Set.of(AccessRight.LOOKUP);
    if (directory.volume().access(caller, directory.handle(), search).isEmpty()) {
      throw new StorageException(Status.ACCESS);
    }
  }

  /** Returns whether a synthetic directory is an export of this client or leads to one. */
  public boolean isSeen(Handle synthetic) throws StorageException {
    String path = table.pseudo().pathOf(synthetic);
    for (PublishedExport published : table.publishedExports()) {
      boolean leads = published.path().equals(path) || published.path().startsWith(path + "/");
      if (leads && seen.apply(published) != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns the parent directory, also across the root of an export (LOOKUPP).
   *
   * @throws StorageException NOT_FOUND at the root of the name space
   */
  public FileRef parent(FileRef directory, Caller caller) throws StorageException {
    if (!directory.isExportRoot()) {
      Handle above = directory.volume().parent(caller, directory.handle());
      FileRef found = directory.sibling(above);
      return directory.export().isPseudo() ? cross(found) : found;
    }
    FileRef covered = covered(directory);
    if (covered == null) {
      throw new StorageException(Status.NOT_FOUND);
    }
    return covered;
  }

  /**
   * Returns the directory that has the mount point of an export; null at the root of the name
   * space.
   */
  private @Nullable FileRef covered(FileRef exportRoot) throws StorageException {
    String path = exportRoot.export().path();
    if (path.equals("/")) {
      return null;
    }
    MountPoint cover = coverOf(exportRoot);
    Export outer = cover == null ? null : seen.apply(cover.in());
    if (cover != null && outer != null) {
      return new FileRef(outer, cover.directory());
    }
    Handle synthetic = table.pseudo().handleOf(path);
    return cross(table.top().rootRef().sibling(table.pseudo().parent(Caller.SUPERUSER, synthetic)));
  }

  private @Nullable MountPoint coverOf(FileRef exportRoot) {
    PublishedExport published = table.byPath(exportRoot.export().path());
    return published == null ? null : published.cover();
  }

  /**
   * Returns the root of the export that this client sees mounted on an object, else the object
   * itself.
   */
  public FileRef cross(FileRef found) throws StorageException {
    if (!found.export().isPseudo()) {
      return found;
    }
    String path = table.pseudo().pathOf(found.handle());
    Export export = at(path.isEmpty() ? "/" : path);
    return export == null ? found : export.rootRef();
  }

  /**
   * Returns the mounted_on_fileid attribute: the fileid of the covered object for the root of an
   * export, else the given fileid of the object (RFC 8881 section 5.8.2.19).
   */
  public long mountedOnFileid(FileRef file, long fileid) {
    if (!file.isExportRoot() || file.export().path().equals("/")) {
      return fileid;
    }
    MountPoint cover = coverOf(file);
    return cover != null && seen.apply(cover.in()) != null
        ? cover.fileId()
        : PseudoVolume.fileId(table.pseudo().handleOf(file.export().path()));
  }
}
