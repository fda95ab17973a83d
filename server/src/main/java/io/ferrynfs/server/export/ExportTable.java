package io.ferrynfs.server.export;

import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.ExportException;
import io.ferrynfs.server.ExportRule;
import io.ferrynfs.server.Squash;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The exports of a server and the synthetic read-only directories above them, which are the pseudo
 * file system of RFC 8881 section 7.3. An {@link ExportNamespace} is the view of one client.
 *
 * <p>An export may be inside another one. It is mounted on an entry of a directory there. That
 * entry is what the server's own user sees under that name: a directory, or the mount point of the
 * exported file system.
 */
public final class ExportTable {
  private final Map<Long, PublishedExport> byTag = new HashMap<>();
  private final Map<Integer, PublishedExport> byId = new HashMap<>();
  private final SequencedMap<String, PublishedExport> byPath = new LinkedHashMap<>();
  private final Map<Mount, PublishedExport> mounted = new HashMap<>();
  private final Set<Integer> withMounts = new HashSet<>();
  private final PseudoVolume pseudo;
  private final Export top;

  /** The earlier tag of the synthetic directories, which is also accepted. */
  private final long pathDerivedTopTag;

  private final Instant started;

  /** The last id given to an export of this table or of a table that it replaced. */
  private final AtomicInteger lastId;

  /** The access of a client to an export. */
  public enum Access {
    /** The client does not see the export. */
    NONE,
    /** The client may only read. */
    READ,
    /** The client may do what its users may do. */
    CHANGE
  }

  /** A directory entry on which another export is mounted. */
  record Mount(FileKey directory, Name name) {}

  /** The mount point of an export and the fileid of the object that it covers. */
  record MountPoint(PublishedExport in, Handle directory, long fileId) {}

  /** An export, with the view of each of its rules. */
  static final class PublishedExport {
    private final int id;
    private final String path;
    private final Volume volume;
    private final List<Export> views;
    private @Nullable MountPoint cover;

    private PublishedExport(int id, String path, ExportDefinition entry) {
      this.id = id;
      this.path = path;
      this.volume = entry.volume();
      this.views = entry.rules().stream().map(rule -> Export.of(id, path, entry, rule)).toList();
      if (views.isEmpty()) {
        throw new ExportException(path, "nobody may see " + path);
      }
    }

    String path() {
      return path;
    }

    /** Returns the view of a client, or null. */
    @Nullable Export seenFrom(SocketAddress peer) {
      for (Export view : views) {
        if (view.rule().isFor(peer)) {
          return view;
        }
      }
      return null;
    }

    /** Returns the view of the first rule. */
    Export first() {
      return views.getFirst();
    }

    /** Returns the mount point inside another export, or null. */
    @Nullable MountPoint cover() {
      return cover;
    }
  }

  /**
   * Creates the exports of a server.
   *
   * @param entries the exports by absolute path
   * @param started the time of the synthetic directories
   * @throws IllegalArgumentException if there is no export, a path is not absolute and normalized,
   *     an export is inside another one that has no such entry, or a volume occurs twice; an {@link
   *     ExportException} if it concerns a single export
   */
  public ExportTable(SequencedMap<String, ExportDefinition> entries, Instant started) {
    this(entries, started, null);
  }

  private ExportTable(
      SequencedMap<String, ExportDefinition> entries,
      Instant started,
      @Nullable ExportTable former) {
    this.started = started;
    lastId = former == null ? new AtomicInteger() : former.lastId;
    checkPaths(entries.keySet());
    entries.forEach((path, entry) -> add(new PublishedExport(idOf(entry, former), path, entry)));
    List<String> synthetic = entries.keySet().stream().filter(p -> !p.equals("/")).toList();
    pseudo = new PseudoVolume(synthetic, started);
    top = Export.pseudo(pseudo, ExportRule.everybody(Squash.NONE));
    pathDerivedTopTag =
        former == null ? Export.tagOf(PseudoVolume.idByPaths(synthetic)) : former.pathDerivedTopTag;
    for (PublishedExport published : List.copyOf(byPath.values())) {
      PublishedExport outer = enclosing(published.path);
      if (outer != null) {
        mount(published, outer);
      }
    }
  }

  /**
   * Returns a table that replaces this one. An export of the same volume object keeps its id and
   * all state of its clients, even at another path. Another volume object with the same volume id
   * is a new export because the open files belong to the former object. The synthetic directories
   * change.
   *
   * @throws IllegalArgumentException see the constructor
   */
  public ExportTable replacedBy(SequencedMap<String, ExportDefinition> entries, Instant now) {
    Instant later = now.isAfter(started) ? now : started.plusNanos(1);
    return new ExportTable(entries, later, this);
  }

  private int idOf(ExportDefinition entry, @Nullable ExportTable former) {
    PublishedExport before =
        former == null ? null : former.byTag(Export.tagOf(entry.volume().id()));
    return before != null && before.volume.equals(entry.volume())
        ? before.id
        : lastId.incrementAndGet();
  }

  private void add(PublishedExport published) {
    if (byTag.putIfAbsent(published.first().tag(), published) != null) {
      throw new ExportException(published.path, "one volume is exported twice: " + published.path);
    }
    byPath.put(published.path, published);
    byId.put(published.id, published);
  }

  private static void checkPaths(Collection<String> paths) {
    if (paths.isEmpty()) {
      throw new IllegalArgumentException("nothing to export");
    }
    for (String path : paths) {
      if (!path.equals("/") && !path.matches("(/(?!\\.{1,2}(/|$))[^/\\x00]+)+")) {
        throw new ExportException(path, "not an absolute path: " + path);
      }
    }
  }

  /** Returns the innermost other export that contains a path, or null. */
  private @Nullable PublishedExport enclosing(String path) {
    for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      PublishedExport outer = byPath.get(path.substring(0, end));
      if (outer != null) {
        return outer;
      }
    }
    return path.equals("/") ? null : byPath.get("/");
  }

  private void mount(PublishedExport published, PublishedExport outer) {
    String inside = published.path.substring(outer.path.equals("/") ? 1 : outer.path.length() + 1);
    try {
      String[] names = inside.split("/", -1);
      Volume volume = outer.first().volume();
      Handle directory = volume.root();
      for (int i = 0; i < names.length - 1; i++) {
        directory = volume.lookup(Caller.SUPERUSER, directory, Name.of(names[i])).handle();
      }
      Name name = Name.of(names[names.length - 1]);
      published.cover = new MountPoint(outer, directory, fileIdOf(volume, directory, name));
      mounted.put(new Mount(new FileKey(outer.id, directory), name), published);
      withMounts.add(outer.id);
    } catch (StorageException e) {
      throw new ExportException(
          published.path,
          published.path
              + " is inside "
              + outer.path
              + ", which has no "
              + inside
              + " to mount it on");
    }
  }

  /** Returns the fileid of a directory entry, not that of an object mounted on it. */
  private static long fileIdOf(Volume volume, Handle directory, Name name) throws StorageException {
    List<Long> found = new ArrayList<>();
    volume.readDirectory(
        Caller.SUPERUSER,
        directory,
        0,
        0,
        entry -> !entry.name().equals(name) || !found.add(entry.fileId()));
    if (found.isEmpty()) {
      throw new StorageException(Status.NOT_FOUND);
    }
    return found.getFirst();
  }

  /** Returns the name space of a client that connects from this address. */
  public ExportNamespace seenFrom(SocketAddress peer) {
    return new ExportNamespace(this, published -> published.seenFrom(peer));
  }

  /** Returns the name space of all exports under their first rules. */
  public ExportNamespace everything() {
    return new ExportNamespace(this, PublishedExport::first);
  }

  /** Returns all exports under their first rules. */
  public Collection<Export> exports() {
    return byPath.values().stream().map(PublishedExport::first).toList();
  }

  /**
   * Returns the access of a client to an export.
   *
   * @param exportId {@link Export#id}
   * @param peer the address of the client; null for the access of any client
   */
  public Access access(int exportId, @Nullable SocketAddress peer) {
    if (exportId == top.id()) {
      return Access.READ;
    }
    PublishedExport published = byId.get(exportId);
    if (published == null) {
      return Access.NONE;
    }
    if (peer == null) {
      return Access.CHANGE;
    }
    Export view = published.seenFrom(peer);
    return view == null ? Access.NONE : view.isReadOnly() ? Access.READ : Access.CHANGE;
  }

  /** Returns whether filehandles with this tag are those of the synthetic directories. */
  boolean isTop(long tag) {
    return tag == top.tag() || tag == pathDerivedTopTag;
  }

  /** Returns the export of the synthetic directories. */
  Export top() {
    return top;
  }

  PseudoVolume pseudo() {
    return pseudo;
  }

  @Nullable PublishedExport byTag(long tag) {
    return byTag.get(tag);
  }

  @Nullable PublishedExport byPath(String path) {
    return byPath.get(path);
  }

  Collection<PublishedExport> publishedExports() {
    return byPath.values();
  }

  /** Returns the export that is mounted on an entry of a directory, or null. */
  @Nullable PublishedExport mountedOn(FileRef directory, Name name) {
    return withMounts.contains(directory.export().id())
        ? mounted.get(new Mount(directory.key(), name))
        : null;
  }
}
