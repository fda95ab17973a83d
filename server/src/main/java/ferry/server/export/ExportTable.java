package ferry.server.export;

import ferry.server.access.CopySourcePolicy;
import ferry.server.access.Squash;
import ferry.server.status.Refused;
import ferry.storage.Caller;
import ferry.storage.Handle;
import ferry.storage.Name;
import ferry.storage.Status;
import ferry.storage.StorageException;
import ferry.storage.Volume;
import ferry.wire.nfs4.NfsFh4;
import ferry.wire.nfs4.Nfsstat4;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The server's name space: one export as the root, or several under synthetic read-only directories
 * (the pseudo file system of RFC 5661 7.3), and filehandles into them.
 */
public final class ExportTable {
  private final Map<Long, Export> byTag = new HashMap<>();
  private final Map<Handle, Export> mounted = new HashMap<>();
  private final Map<Integer, Handle> mountPoints = new HashMap<>();
  private final @Nullable PseudoVolume pseudo;
  private final FileRef root;

  /** One export's place and rules. */
  public record Entry(Volume volume, Squash squash, CopySourcePolicy copySource) {
    /** Every server may read that a client who may read names. */
    public Entry(Volume volume, Squash squash) {
      this(volume, squash, CopySourcePolicy.ANYBODY);
    }
  }

  /**
   * The name space of these exports.
   *
   * @param entries by absolute path; {@code /} only alone
   * @param started the time of the synthetic directories
   * @throws IllegalArgumentException when there is none, a path is no absolute normal one or is
   *     inside another's, or one volume comes twice
   */
  public ExportTable(SequencedMap<String, Entry> entries, Instant started) {
    checkPaths(entries.keySet());
    List<Export> exports = new ArrayList<>();
    entries.forEach(
        (path, entry) -> exports.add(new Export(exports.size() + 1, path, entry, false)));
    exports.forEach(this::register);
    if (entries.containsKey("/")) {
      pseudo = null;
      root = exports.getFirst().rootRef();
    } else {
      pseudo = new PseudoVolume(entries.keySet(), started);
      Export top = new Export(0, "/", new Entry(pseudo, Squash.NONE), true);
      register(top);
      root = top.rootRef();
      for (Export export : exports) {
        Handle mountPoint = pseudo.handleOf(export.path());
        mounted.put(mountPoint, export);
        mountPoints.put(export.id(), mountPoint);
      }
    }
  }

  private void register(Export export) {
    if (byTag.putIfAbsent(export.tag(), export) != null) {
      throw new IllegalArgumentException("one volume is exported twice: " + export.path());
    }
  }

  private static void checkPaths(Collection<String> paths) {
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("nothing to export");
    }
    TreeMap<String, String> seen = new TreeMap<>();
    for (String path : paths) {
      if (!path.equals("/") && !path.matches("(/(?!\\.{1,2}(/|$))[^/\\x00]+)+")) {
        throw new IllegalArgumentException("not an absolute path: " + path);
      }
      seen.put(path.equals("/") ? "/" : path + "/", path);
    }
    String last = "";
    for (String path : seen.keySet()) {
      if (!last.isEmpty() && path.startsWith(last)) {
        throw new IllegalArgumentException(seen.get(path) + " is inside " + seen.get(last));
      }
      last = path;
    }
  }

  /** All exports, the synthetic one too. */
  public Collection<Export> exports() {
    return List.copyOf(byTag.values());
  }

  /** PUTROOTFH, PUTPUBFH. */
  public FileRef root() {
    return root;
  }

  /**
   * PUTFH. Does not ask the volume: a handle whose object is gone answers NFS4ERR_STALE when it is
   * used.
   *
   * @throws Refused NFS4ERR_BADHANDLE when it is empty, NFS4ERR_STALE when it is of no volume here
   */
  public FileRef decode(NfsFh4 filehandle) throws Refused {
    Export export = byTag.get(Filehandles.tag(filehandle));
    if (export == null) {
      throw new Refused(Nfsstat4.NFS4ERR_STALE);
    }
    return new FileRef(export, Filehandles.handle(filehandle));
  }

  /** LOOKUP: an object of the directory, crossing into an export that is mounted there. */
  public FileRef lookup(FileRef directory, Name name, Caller caller) throws StorageException {
    Handle found = directory.volume().lookup(caller, directory.handle(), name).handle();
    return cross(directory.sibling(found));
  }

  /**
   * LOOKUPP: the directory above, crossing out of an export's root.
   *
   * @throws StorageException NOT_FOUND at the very top
   */
  public FileRef parent(FileRef directory, Caller caller) throws StorageException {
    if (!directory.isExportRoot()) {
      return directory.sibling(directory.volume().parent(caller, directory.handle()));
    }
    Handle mountPoint = mountPoints.get(directory.export().id());
    if (mountPoint == null || pseudo == null) {
      throw new StorageException(Status.NOT_FOUND);
    }
    return root.sibling(pseudo.parent(caller, mountPoint));
  }

  /** An object of a volume as clients see it: itself, or the root of the export mounted on it. */
  public FileRef cross(FileRef found) {
    if (!found.export().isPseudo()) {
      return found;
    }
    Export export = mounted.get(found.handle());
    return export == null ? found : export.rootRef();
  }

  /**
   * The mounted_on_fileid attribute: of the directory underneath for an export's root, else the
   * given fileid of the object itself (RFC 5661 5.8.2.19).
   */
  public long mountedOnFileid(FileRef file, long fileid) {
    if (pseudo == null || !file.isExportRoot()) {
      return fileid;
    }
    Handle mountPoint = mountPoints.get(file.export().id());
    return mountPoint == null ? fileid : PseudoVolume.fileId(mountPoint);
  }
}
