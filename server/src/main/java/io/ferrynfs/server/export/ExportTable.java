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
 * All exports, and the synthetic read-only directories above them (the pseudo file system of RFC
 * RFC 8881 section 7.3). What a client sees of it is a {@link ExportNamespace}.
 *
 * <p>An export may be inside another: it is mounted on an entry of a directory there, which is what
 * the server's own user has under that name: a directory, or the mount point of the file system
 * that is exported.
 */
public final class ExportTable {
  private final Map<Long, Place> byTag = new HashMap<>();
  private final Map<Integer, Place> byId = new HashMap<>();
  private final SequencedMap<String, Place> byPath = new LinkedHashMap<>();
  private final Map<Mount, Place> mounted = new HashMap<>();
  private final Set<Integer> withMounts = new HashSet<>();
  private final PseudoVolume pseudo;
  private final Export top;

  /** Names the synthetic directories, besides their own. */
  private final long topByPaths;

  private final Instant started;

  /** The number of the export that came last, in this table or one that it has replaced. */
  private final AtomicInteger lastId;

  /** What a client may do with an export. */
  public enum Access {
    /** It is not there for this client. */
    NONE,
    /** Change nothing. */
    READ,
    /** Whatever its users may. */
    CHANGE
  }

  /** An entry of a directory that another export is mounted on. */
  record Mount(FileKey directory, Name name) {}

  /** Where an export is mounted, and the fileid of what it covers. */
  record Cover(Place in, Handle directory, long fileId) {}

  /** An export, as the clients of each of its rules see it. */
  static final class Place {
    private final int id;
    private final String path;
    private final Volume volume;
    private final List<Export> views;
    private @Nullable Cover cover;

    private Place(int id, String path, ExportDefinition entry) {
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

    /** What a client sees, or null. */
    @Nullable Export seenFrom(SocketAddress peer) {
      for (Export view : views) {
        if (view.rule().isFor(peer)) {
          return view;
        }
      }
      return null;
    }

    /** What the clients of its first rule see. */
    Export first() {
      return views.getFirst();
    }

    /** Where it is mounted inside another export, if it is. */
    @Nullable Cover cover() {
      return cover;
    }
  }

  /**
   * The exports of a server.
   *
   * @param entries by absolute path
   * @param started the time of the synthetic directories
   * @throws IllegalArgumentException when there is none, a path is no absolute normal one, an
   *     export is inside another that has no entry there, or one volume comes twice; an {@link
   *     ExportException} where it is about one of them
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
    entries.forEach((path, entry) -> add(new Place(idOf(entry, former), path, entry)));
    List<String> synthetic = entries.keySet().stream().filter(p -> !p.equals("/")).toList();
    pseudo = new PseudoVolume(synthetic, started);
    top = Export.pseudo(pseudo, ExportRule.everybody(Squash.NONE));
    topByPaths =
        former == null ? Export.tagOf(PseudoVolume.idByPaths(synthetic)) : former.topByPaths;
    for (Place place : List.copyOf(byPath.values())) {
      Place outer = around(place.path);
      if (outer != null) {
        mount(place, outer);
      }
    }
  }

  /**
   * Other exports instead of these. One of the same volume keeps its number, and so all that
   * clients hold of it, wherever it is in the name space; another object that says it is the same
   * volume is another export, since files that are open are the former object's. The synthetic
   * directories change.
   *
   * @throws IllegalArgumentException as the constructor
   */
  public ExportTable replacedBy(SequencedMap<String, ExportDefinition> entries, Instant now) {
    Instant later = now.isAfter(started) ? now : started.plusNanos(1);
    return new ExportTable(entries, later, this);
  }

  private int idOf(ExportDefinition entry, @Nullable ExportTable former) {
    Place before = former == null ? null : former.byTag(Export.tagOf(entry.volume().id()));
    return before != null && before.volume.equals(entry.volume())
        ? before.id
        : lastId.incrementAndGet();
  }

  private void add(Place place) {
    if (byTag.putIfAbsent(place.first().tag(), place) != null) {
      throw new ExportException(place.path, "one volume is exported twice: " + place.path);
    }
    byPath.put(place.path, place);
    byId.put(place.id, place);
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

  /** The innermost of the other exports that a path is inside of, or null. */
  private @Nullable Place around(String path) {
    for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      Place outer = byPath.get(path.substring(0, end));
      if (outer != null) {
        return outer;
      }
    }
    return path.equals("/") ? null : byPath.get("/");
  }

  private void mount(Place place, Place outer) {
    String inside = place.path.substring(outer.path.equals("/") ? 1 : outer.path.length() + 1);
    try {
      String[] names = inside.split("/", -1);
      Volume volume = outer.first().volume();
      Handle directory = volume.root();
      for (int i = 0; i < names.length - 1; i++) {
        directory = volume.lookup(Caller.SUPERUSER, directory, Name.of(names[i])).handle();
      }
      Name name = Name.of(names[names.length - 1]);
      place.cover = new Cover(outer, directory, fileIdOf(volume, directory, name));
      mounted.put(new Mount(new FileKey(outer.id, directory), name), place);
      withMounts.add(outer.id);
    } catch (StorageException e) {
      throw new ExportException(
          place.path,
          place.path + " is inside " + outer.path + ", which has no " + inside + " to mount it on");
    }
  }

  /** Of an entry, and not of what may be mounted on it. */
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

  /** The name space of a client that connects from there. */
  public ExportNamespace seenFrom(SocketAddress peer) {
    return new ExportNamespace(this, place -> place.seenFrom(peer));
  }

  /** The name space with all exports, as the clients of the first rule of each see them. */
  public ExportNamespace everything() {
    return new ExportNamespace(this, Place::first);
  }

  /** All exports, as the clients of the first rule of each see them. */
  public Collection<Export> exports() {
    return byPath.values().stream().map(Place::first).toList();
  }

  /**
   * What a client may do with an export.
   *
   * @param exportId {@link Export#id}
   * @param peer from where it comes; null for what any client may
   */
  public Access access(int exportId, @Nullable SocketAddress peer) {
    if (exportId == top.id()) {
      return Access.READ;
    }
    Place place = byId.get(exportId);
    if (place == null) {
      return Access.NONE;
    }
    if (peer == null) {
      return Access.CHANGE;
    }
    Export view = place.seenFrom(peer);
    return view == null ? Access.NONE : view.isReadOnly() ? Access.READ : Access.CHANGE;
  }

  /** Whether filehandles with this tag are of the synthetic directories. */
  boolean isTop(long tag) {
    return tag == top.tag() || tag == topByPaths;
  }

  /** The synthetic directories. */
  Export top() {
    return top;
  }

  PseudoVolume pseudo() {
    return pseudo;
  }

  @Nullable Place byTag(long tag) {
    return byTag.get(tag);
  }

  @Nullable Place byPath(String path) {
    return byPath.get(path);
  }

  Collection<Place> places() {
    return byPath.values();
  }

  /** What is mounted on an entry of a directory of an export, or null. */
  @Nullable Place mountedOn(FileRef directory, Name name) {
    return withMounts.contains(directory.export().id())
        ? mounted.get(new Mount(directory.key(), name))
        : null;
  }
}
