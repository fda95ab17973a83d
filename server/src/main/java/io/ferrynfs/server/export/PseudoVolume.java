package io.ferrynfs.server.export;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.DirectoryEntry;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.EntrySink;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Found;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.Space;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.VolumeLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The directories above the exports. The id of each depends only on its path, so filehandles,
 * fileids and cookies are the same after a restart and after a change of the exports.
 */
final class PseudoVolume extends ReadOnlyVolume {
  private static final long ROOT_FILE_ID = 2;

  /** Cookies are fileids, and the protocol reserves the smallest cookies. */
  private static final long FILE_ID_MIN = 16;

  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int MODE = 0555;
  private static final VolumeLimits LIMITS = new VolumeLimits(255, 0, 1, 0, 0, 0, 0, 1);

  private final Map<Handle, Node> byHandle = new HashMap<>();
  private final Map<String, Node> byPath = new TreeMap<>();
  private final Node root;
  private final UUID id;
  private final Instant started;

  PseudoVolume(Collection<String> paths, Instant started) {
    this.started = started;
    id = hash("ferry pseudo root");
    root = add(new Node(null, "", ROOT_FILE_ID));
    for (String path : paths) {
      Node node = root;
      for (int end = path.indexOf('/', 1); end >= 0; end = path.indexOf('/', end + 1)) {
        node = childOf(node, path.substring(0, end));
      }
      childOf(node, path);
    }
  }

  /**
   * Returns the id that an earlier version derived from all paths. Clients may still have such
   * filehandles.
   */
  static UUID idByPaths(Collection<String> paths) {
    return hash("ferry pseudo root " + new TreeSet<>(paths));
  }

  /** Returns the directory of a path that was given to the constructor. */
  Handle handleOf(String path) {
    Node node = byPath.get(path);
    if (node == null) {
      throw new IllegalArgumentException(path);
    }
    return node.handle;
  }

  /** Returns the path of a directory; empty for the root. */
  String pathOf(Handle handle) throws StorageException {
    return node(handle).path;
  }

  /** Returns the fileid of a directory. */
  static long fileId(Handle handle) {
    return ByteBuffer.wrap(handle.toByteArray()).getLong();
  }

  private Node childOf(Node parent, String path) {
    Node known = byPath.get(path);
    if (known != null) {
      return known;
    }
    long fileId = Math.max(hash(path).getMostSignificantBits() >>> 1, FILE_ID_MIN);
    while (byHandle.containsKey(handle(fileId))) {
      fileId++;
    }
    Node node = add(new Node(parent, path, fileId));
    parent.children.put(fileId, node);
    return node;
  }

  private Node add(Node node) {
    byHandle.put(node.handle, node);
    byPath.put(node.path, node);
    return node;
  }

  private static UUID hash(String text) {
    return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Handle handle(long fileId) {
    try {
      return Handle.of(ByteBuffer.allocate(Long.BYTES).putLong(fileId).array());
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  private Node node(Handle handle) throws StorageException {
    Node node = byHandle.get(handle);
    if (node == null) {
      throw new StorageException(Status.BAD_HANDLE);
    }
    return node;
  }

  private Attributes attributes(Node node) {
    return new Attributes(
        FileType.DIRECTORY,
        MODE,
        2L + node.children.size(),
        0,
        0,
        0,
        0,
        node.fileId,
        0,
        DeviceNumber.NONE,
        started,
        started,
        started,
        null,
        Math.max(0, started.getEpochSecond() * NANOS_PER_SECOND + started.getNano()));
  }

  /**
   * Returns the cookie verifier. It never changes because a listing continues after a fileid
   * whatever entries were added or removed. The change attribute is the time of the start, because
   * clients expect that it only increases.
   */
  private long verifier() {
    return id.getLeastSignificantBits() >>> 1;
  }

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public Handle root() {
    return root.handle;
  }

  @Override
  public void checkHandle(Handle handle) throws StorageException {
    var _ = node(handle);
  }

  /** Returns no limit because the volume has no files. */
  @Override
  public int openFilesLeft() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.CALLER_ENFORCED, Feature.CASE_PRESERVING);
  }

  @Override
  public VolumeLimits limits() {
    return LIMITS;
  }

  @Override
  public Space space(Caller caller) {
    return new Space(0, 0, 0, byHandle.size(), 0, 0);
  }

  @Override
  public Quota quota(Caller caller, Handle handle) throws StorageException {
    throw new StorageException(Status.NOT_SUPPORTED);
  }

  @Override
  public Found lookup(Caller caller, Handle directory, Name name) throws StorageException {
    for (Node child : node(directory).children.values()) {
      if (Objects.equals(name, child.name)) {
        return new Found(child.handle, attributes(child));
      }
    }
    throw new StorageException(Status.NOT_FOUND);
  }

  @Override
  public Handle parent(Caller caller, Handle directory) throws StorageException {
    Node parent = node(directory).parent;
    if (parent == null) {
      throw new StorageException(Status.NOT_FOUND);
    }
    return parent.handle;
  }

  @Override
  public Attributes attributes(Caller caller, Handle handle) throws StorageException {
    return attributes(node(handle));
  }

  @Override
  public Set<AccessRight> access(Caller caller, Handle handle, Set<AccessRight> wanted)
      throws StorageException {
    node(handle);
    Set<AccessRight> granted = EnumSet.of(AccessRight.READ, AccessRight.LOOKUP);
    granted.retainAll(wanted);
    return granted;
  }

  @Override
  public DirectoryPage readDirectory(
      Caller caller, Handle directory, long cookie, long verifier, EntrySink sink)
      throws StorageException {
    Node node = node(directory);
    if (cookie != 0 && verifier != verifier()) {
      throw new StorageException(Status.BAD_COOKIE);
    }
    for (Node child : node.children.tailMap(cookie, false).values()) {
      if (!sink.accept(new Entry(child))) {
        return new DirectoryPage(verifier(), false);
      }
    }
    return new DirectoryPage(verifier(), true);
  }

  /** One directory. */
  private static final class Node {
    final @Nullable Node parent;
    final String path;
    final @Nullable Name name;
    final long fileId;
    final Handle handle;
    final TreeMap<Long, Node> children = new TreeMap<>();

    Node(@Nullable Node parent, String path, long fileId) {
      this.parent = parent;
      this.path = path;
      this.fileId = fileId;
      this.handle = handle(fileId);
      try {
        this.name = path.isEmpty() ? null : Name.of(path.substring(path.lastIndexOf('/') + 1));
      } catch (StorageException e) {
        throw new IllegalArgumentException(path, e);
      }
    }
  }

  private final class Entry implements DirectoryEntry {
    private final Node node;

    Entry(Node node) {
      this.node = node;
    }

    @Override
    public Name name() {
      if (node.name == null) {
        throw new IllegalStateException("the root is in no directory");
      }
      return node.name;
    }

    @Override
    public long cookie() {
      return node.fileId;
    }

    @Override
    public long fileId() {
      return node.fileId;
    }

    @Override
    public Handle handle() {
      return node.handle;
    }

    @Override
    public Attributes attributes() {
      return PseudoVolume.this.attributes(node);
    }
  }
}
