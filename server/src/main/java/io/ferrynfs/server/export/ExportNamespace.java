package io.ferrynfs.server.export;

import io.ferrynfs.server.export.ExportTable.Cover;
import io.ferrynfs.server.export.ExportTable.Place;
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
 * The server's name space as one client sees it: the exports that are for it, as they are for it,
 * and the directories on the way there. What is not for it, it does not find, list, or hold a
 * filehandle of; as with knfsd.
 */
public final class ExportNamespace {
  private final ExportTable table;
  private final Function<Place, @Nullable Export> seen;

  ExportNamespace(ExportTable table, Function<Place, @Nullable Export> seen) {
    this.table = table;
    this.seen = seen;
  }

  /** PUTROOTFH, PUTPUBFH. */
  public FileRef root() {
    Export export = at("/");
    return export == null ? table.top().rootRef() : export.rootRef();
  }

  private @Nullable Export at(String path) {
    Place place = table.byPath(path);
    return place == null ? null : seen.apply(place);
  }

  /**
   * PUTFH. Looks at all bytes, but not for the object: a handle whose object is gone answers
   * NFS4ERR_STALE when it is used.
   *
   * @throws NfsStatusException NFS4ERR_BADHANDLE when it is empty, NFS4ERR_STALE when it is of no
   *     volume here, none that its volume made, or none for this client
   */
  public FileRef decode(NfsFh4 filehandle) throws NfsStatusException {
    long tag = Filehandles.tag(filehandle);
    Place place = table.byTag(tag);
    Export export = place != null ? seen.apply(place) : table.isTop(tag) ? table.top() : null;
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

  /** LOOKUP: an object of the directory, crossing into an export that is mounted there. */
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

  /** What this client sees mounted on an entry of a directory of an export, or null. */
  public @Nullable Export mountedOn(FileRef directory, Name name) {
    Place place = table.mountedOn(directory, name);
    return place == null ? null : seen.apply(place);
  }

  /** Whether another export is mounted on an entry, whoever may see it. */
  public boolean isMountPoint(FileRef directory, Name name) {
    return table.mountedOn(directory, name) != null;
  }

  private static void checkSearch(FileRef directory, Caller caller) throws StorageException {
    Set<AccessRight> search = Set.of(AccessRight.LOOKUP);
    if (directory.volume().access(caller, directory.handle(), search).isEmpty()) {
      throw new StorageException(Status.ACCESS);
    }
  }

  /** Whether a synthetic directory is, or leads to, an export for this client. */
  public boolean isSeen(Handle synthetic) throws StorageException {
    String path = table.pseudo().pathOf(synthetic);
    for (Place place : table.places()) {
      boolean leads = place.path().equals(path) || place.path().startsWith(path + "/");
      if (leads && seen.apply(place) != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * LOOKUPP: the directory above, crossing out of an export's root.
   *
   * @throws StorageException NOT_FOUND at the very top
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

  /** The directory with the entry that an export is mounted on; null at the very top. */
  private @Nullable FileRef covered(FileRef exportRoot) throws StorageException {
    String path = exportRoot.export().path();
    if (path.equals("/")) {
      return null;
    }
    Cover cover = coverOf(exportRoot);
    Export outer = cover == null ? null : seen.apply(cover.in());
    if (cover != null && outer != null) {
      return new FileRef(outer, cover.directory());
    }
    Handle synthetic = table.pseudo().handleOf(path);
    return cross(table.top().rootRef().sibling(table.pseudo().parent(Caller.SUPERUSER, synthetic)));
  }

  private @Nullable Cover coverOf(FileRef exportRoot) {
    Place place = table.byPath(exportRoot.export().path());
    return place == null ? null : place.cover();
  }

  /** An object as this client sees it: itself, or the root of the export mounted on it. */
  public FileRef cross(FileRef found) throws StorageException {
    if (!found.export().isPseudo()) {
      return found;
    }
    String path = table.pseudo().pathOf(found.handle());
    Export export = at(path.isEmpty() ? "/" : path);
    return export == null ? found : export.rootRef();
  }

  /**
   * The mounted_on_fileid attribute: of what is underneath for an export's root, else the given
   * fileid of the object itself (RFC 8881 section 5.8.2.19).
   */
  public long mountedOnFileid(FileRef file, long fileid) {
    if (!file.isExportRoot() || file.export().path().equals("/")) {
      return fileid;
    }
    Cover cover = coverOf(file);
    return cover != null && seen.apply(cover.in()) != null
        ? cover.fileId()
        : PseudoVolume.fileId(table.pseudo().handleOf(file.export().path()));
  }
}
