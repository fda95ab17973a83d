package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.Acls;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.EntrySink;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Found;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Made;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Renamed;
import io.ferrynfs.storage.Space;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.VolumeLimits;
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A volume in memory with all features. It is deterministic: it counts handles, cookies and change
 * attributes, and it takes times from a given clock. Everything that it stores is charged to a
 * capacity, so tests can fill it and its heap usage is bounded.
 *
 * <p>The contents survive a {@link #reopen}, which simulates a restart of the server process over a
 * volume on disk.
 */
public final class MemoryVolume implements Volume {
  private static final int SYMLINK_BYTES_MAX = 4095;

  private final Store store;
  private final Opens opens;
  private final NameSpace names;
  private final Links links;
  private final Metadata metadata;
  private final XattrStore xattrs;
  private volatile boolean closed;

  private MemoryVolume(Store store) {
    this.store = store;
    this.opens = new Opens(store);
    this.names = new NameSpace(opens);
    this.links = new Links(store, names);
    this.metadata = new Metadata(store);
    this.xattrs = new XattrStore(store);
  }

  /**
   * Returns a builder of a new volume.
   *
   * @param name determines the id of the volume; volumes with different names have different ids
   * @param clock the source of the times of the objects
   */
  public static Builder builder(String name, InstantSource clock) {
    return new Builder(name, clock);
  }

  /** The options of a new volume. */
  public static final class Builder {
    final UUID id;
    final InstantSource clock;
    final Set<Feature> features =
        EnumSet.complementOf(EnumSet.of(Feature.CASE_INSENSITIVE, Feature.QUOTAS));
    Caller processUser = Caller.SUPERUSER;
    long capacityBytes = 256L << 20;
    long filesMax = 1L << 20;
    long openFilesMax = 1L << 16;
    long linkCountMax = 65_000;
    long fileBytesMax = 1L << 60;
    int rootMode = 0777;
    int pipeBytesMax;

    private Builder(String name, InstantSource clock) {
      this.id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
      this.clock = clock;
    }

    /** Sets the capacity in bytes for data and the estimated metadata; the default is 256 MiB. */
    public Builder capacityBytes(long value) {
      capacityBytes = value;
      return this;
    }

    /** Sets the maximum number of objects; the default is 2^20. */
    public Builder filesMax(long value) {
      filesMax = value;
      return this;
    }

    /** Sets the maximum number of open files; the default is 65,536. */
    public Builder openFilesMax(long value) {
      openFilesMax = value;
      return this;
    }

    /** Sets the maximum number of hard links of an object; the default is 65,000. */
    public Builder linkCountMax(long value) {
      linkCountMax = value;
      return this;
    }

    /** Sets the maximum length of a file in bytes; the default is 2^60. */
    public Builder fileBytesMax(long value) {
      fileBytesMax = value;
      return this;
    }

    /** Sets the permission bits of the root, which the superuser owns; the default is 0777. */
    public Builder rootMode(int value) {
      rootMode = value;
      return this;
    }

    /**
     * Sets the capacity of the pipes that files return, in bytes; by default files return no pipes.
     */
    public Builder pipes(int bytesMax) {
      pipeBytesMax = bytesMax;
      return this;
    }

    /** Adds {@link Feature#QUOTAS}. The volume starts without limits. */
    public Builder quotas() {
      features.add(Feature.QUOTAS);
      return this;
    }

    /** Removes a feature. */
    public Builder without(Feature feature) {
      features.remove(feature);
      return this;
    }

    /**
     * Performs all calls as one user, regardless of the caller; removes {@link
     * Feature#CALLER_ENFORCED}.
     */
    public Builder everythingAs(Caller user) {
      processUser = user;
      return without(Feature.CALLER_ENFORCED);
    }

    VolumeLimits limits() {
      boolean xattrs = features.contains(Feature.XATTRS);
      return new VolumeLimits(
          Name.BYTES_MAX,
          SYMLINK_BYTES_MAX,
          linkCountMax,
          fileBytesMax,
          xattrs ? XattrStore.NAME_BYTES_MAX : 0,
          xattrs ? XattrStore.VALUE_BYTES_MAX : 0,
          features.contains(Feature.CLONE) ? Block.SIZE : 0,
          1);
    }

    public MemoryVolume build() {
      return new MemoryVolume(new Store(this));
    }
  }

  /**
   * Returns a volume with the same contents, as a new process would open it. Closes this volume and
   * all files that were opened through it, and removes files without a name.
   */
  public MemoryVolume reopen() {
    close();
    opens.closeAll();
    return new MemoryVolume(store);
  }

  /** Returns the number of files that are open through this volume. */
  public int openFileCount() {
    return opens.count();
  }

  /** Returns the number of open pipes of its files. */
  public int pipeCount() {
    return store.pipeCount();
  }

  /** Returns the number of bytes that were written from pipes. */
  public long pipedBytes() {
    return store.pipedBytes();
  }

  /**
   * Limits the space of a user on a volume with {@link Feature#QUOTAS}. The limit applies to the
   * files of the user, regardless of the writer, and to writes of the superuser. Stored data is not
   * affected.
   *
   * @param uid the user
   * @param softBytes the soft limit, which is reported and not enforced; 0 for none
   * @param hardBytes the hard limit, beyond which writes fail with {@link Status#QUOTA}; 0 for none
   * @throws StorageException NOT_SUPPORTED without {@link Feature#QUOTAS}
   */
  public void limitUser(long uid, long softBytes, long hardBytes) throws StorageException {
    store.require(Feature.QUOTAS);
    store.quotas.limit(false, uid, softBytes, hardBytes);
  }

  /**
   * Limits the space of a group, as {@link #limitUser} does for a user.
   *
   * @param gid the group
   * @param softBytes the soft limit; 0 for none
   * @param hardBytes the hard limit; 0 for none
   * @throws StorageException NOT_SUPPORTED without {@link Feature#QUOTAS}
   */
  public void limitGroup(long gid, long softBytes, long hardBytes) throws StorageException {
    store.require(Feature.QUOTAS);
    store.quotas.limit(true, gid, softBytes, hardBytes);
  }

  private Caller enter(Caller caller) throws StorageException {
    if (closed) {
      throw new StorageException(Status.CLOSED);
    }
    return store.effective(caller);
  }

  @Override
  public UUID id() {
    return store.id;
  }

  @Override
  public Handle root() {
    return store.handle(store.root);
  }

  @Override
  public void checkHandle(Handle handle) throws StorageException {
    var _ = store.number(handle);
  }

  @Override
  public int openFilesLeft() {
    return Math.clamp(store.opens.free(), 0, Integer.MAX_VALUE);
  }

  @Override
  public Set<Feature> features() {
    return store.features;
  }

  @Override
  public VolumeLimits limits() {
    return store.limits;
  }

  @Override
  public Space space(Caller caller) throws StorageException {
    enter(caller);
    long freeBytes = store.bytes.free();
    long freeFiles = store.files.free();
    return new Space(
        store.bytes.total(), freeBytes, freeBytes, store.files.total(), freeFiles, freeFiles);
  }

  @Override
  public Quota quota(Caller caller, Handle handle) throws StorageException {
    Caller effective = enter(caller);
    store.require(Feature.QUOTAS);
    Attributes attributes = store.inode(handle).attributes();
    List<Quota.Account> visible = new ArrayList<>();
    if (Quota.mayReadUserQuota(effective, attributes.uid())) {
      visible.add(store.quotas.ofUser(attributes.uid()));
    }
    if (Quota.mayReadGroupQuota(effective, attributes.gid())) {
      visible.add(store.quotas.ofGroup(attributes.gid()));
    }
    return Quota.of(space(caller), visible);
  }

  @Override
  public Found lookup(Caller caller, Handle directory, Name name) throws StorageException {
    return names.lookup(enter(caller), directory, name);
  }

  @Override
  public Handle parent(Caller caller, Handle directory) throws StorageException {
    return names.parent(enter(caller), directory);
  }

  @Override
  public Attributes attributes(Caller caller, Handle handle) throws StorageException {
    enter(caller);
    return store.inode(handle).attributes();
  }

  @Override
  public void setAttributes(
      Caller caller, Handle handle, AttributeChanges changes, @Nullable OpenFile file)
      throws StorageException {
    metadata.set(enter(caller), handle, changes, file);
  }

  @Override
  public Acls acls(Caller caller, Handle handle) throws StorageException {
    enter(caller);
    return metadata.acls(handle);
  }

  @Override
  public Set<AccessRight> access(Caller caller, Handle handle, Set<AccessRight> wanted)
      throws StorageException {
    Set<AccessRight> rights = Permissions.rights(enter(caller), store.inode(handle));
    rights.retainAll(wanted);
    return rights;
  }

  @Override
  public byte[] readLink(Caller caller, Handle handle) throws StorageException {
    enter(caller);
    byte[] target = store.inode(handle).target;
    if (target == null) {
      throw new StorageException(Status.WRONG_TYPE);
    }
    return target.clone();
  }

  @Override
  public OpenFile open(Caller caller, Handle handle, OpenAccess access) throws StorageException {
    return names.open(enter(caller), handle, access);
  }

  @Override
  public Created create(
      Caller caller,
      Handle directory,
      Name name,
      CreateMode mode,
      AttributeChanges initial,
      OpenAccess access)
      throws StorageException {
    return names.create(enter(caller), directory, name, mode, initial, access);
  }

  @Override
  public Made makeDirectory(Caller caller, Handle directory, Name name, AttributeChanges initial)
      throws StorageException {
    return names.makeDirectory(enter(caller), directory, name, initial);
  }

  @Override
  public Made makeSymlink(
      Caller caller, Handle directory, Name name, byte[] target, AttributeChanges initial)
      throws StorageException {
    Caller effective = enter(caller);
    checkTarget(target);
    return names.make(
        effective,
        directory,
        name,
        parent -> {
          Inode.Draft draft =
              names.draft(effective, parent, FileType.SYMLINK, initial.withMode(0777));
          draft.target = target.clone();
          return draft;
        });
  }

  private static void checkTarget(byte[] target) throws StorageException {
    if (target.length == 0) {
      throw new StorageException(Status.INVALID, "empty target");
    }
    if (target.length > SYMLINK_BYTES_MAX) {
      throw new StorageException(Status.NAME_TOO_LONG);
    }
    for (byte b : target) {
      if (b == 0) {
        throw new StorageException(Status.INVALID, "NUL in the target");
      }
    }
  }

  @Override
  public Made makeNode(
      Caller caller,
      Handle directory,
      Name name,
      FileType type,
      DeviceNumber device,
      AttributeChanges initial)
      throws StorageException {
    Caller effective = enter(caller);
    checkNode(effective, type);
    return names.make(
        effective,
        directory,
        name,
        parent -> {
          Inode.Draft draft = names.draft(effective, parent, type, initial);
          draft.rdev = type.isDevice() ? device : DeviceNumber.NONE;
          return draft;
        });
  }

  private void checkNode(Caller caller, FileType type) throws StorageException {
    switch (type) {
      case FIFO, SOCKET -> {}
      case BLOCK_DEVICE, CHARACTER_DEVICE -> {
        store.require(Feature.DEVICE_NODES);
        if (!caller.isSuperuser()) {
          throw new StorageException(Status.PERMISSION);
        }
      }
      case REGULAR, DIRECTORY, SYMLINK -> throw new StorageException(Status.INVALID);
    }
  }

  @Override
  public ChangeInfo link(Caller caller, Handle existing, Handle directory, Name name)
      throws StorageException {
    return links.link(enter(caller), existing, directory, name);
  }

  @Override
  public Renamed rename(
      Caller caller, Handle fromDirectory, Name fromName, Handle toDirectory, Name toName)
      throws StorageException {
    return links.rename(enter(caller), fromDirectory, fromName, toDirectory, toName);
  }

  @Override
  public ChangeInfo remove(Caller caller, Handle directory, Name name, RemoveKind kind)
      throws StorageException {
    return links.remove(enter(caller), directory, name, kind);
  }

  @Override
  public DirectoryPage readDirectory(
      Caller caller, Handle directory, long cookie, long verifier, EntrySink sink)
      throws StorageException {
    return names.read(enter(caller), directory, cookie, verifier, sink);
  }

  @Override
  public byte[] getXattr(Caller caller, Handle handle, XattrName name) throws StorageException {
    return xattrs.get(enter(caller), handle, name);
  }

  @Override
  public ChangeInfo setXattr(
      Caller caller, Handle handle, XattrName name, byte[] value, XattrMode mode)
      throws StorageException {
    return xattrs.set(enter(caller), handle, name, value, mode);
  }

  @Override
  public List<XattrName> listXattrs(Caller caller, Handle handle) throws StorageException {
    return xattrs.list(enter(caller), handle);
  }

  @Override
  public ChangeInfo removeXattr(Caller caller, Handle handle, XattrName name)
      throws StorageException {
    return xattrs.remove(enter(caller), handle, name);
  }

  @Override
  public void close() {
    closed = true;
  }
}
