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
 * A volume in memory. It does everything that a volume can do, always in the same way: handles,
 * cookies and the change attribute are counted, times come from the clock that it is given. All it
 * stores is charged to a capacity, so that it can be filled up and its heap is bounded.
 *
 * <p>The contents outlive a {@link #reopen}, which is to this volume what a restart of the server's
 * process is to a volume on a disk.
 */
public final class MemoryVolume implements Volume {
  private static final int SYMLINK_BYTES_MAX = 4095;

  private final Store store;
  private final Opens opens;
  private final NameSpace names;
  private final Links links;
  private final Metadata metadata;
  private final Xattrs xattrs;
  private volatile boolean closed;

  private MemoryVolume(Store store) {
    this.store = store;
    this.opens = new Opens(store);
    this.names = new NameSpace(opens);
    this.links = new Links(store, names);
    this.metadata = new Metadata(store);
    this.xattrs = new Xattrs(store);
  }

  /**
   * A volume to be made.
   *
   * @param name volumes of different names have different ids
   * @param clock for the times of the objects
   */
  public static Builder builder(String name, InstantSource clock) {
    return new Builder(name, clock);
  }

  /** The choices for a new volume. */
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

    /** Everything stored, data and the estimated rest; the default is 256 MiB. */
    public Builder capacityBytes(long value) {
      capacityBytes = value;
      return this;
    }

    /** How many objects there can be; the default is 2^20. */
    public Builder filesMax(long value) {
      filesMax = value;
      return this;
    }

    /** How many files can be open; the default is 65,536. */
    public Builder openFilesMax(long value) {
      openFilesMax = value;
      return this;
    }

    /** How many hard links an object can have; the default is 65,000. */
    public Builder linkCountMax(long value) {
      linkCountMax = value;
      return this;
    }

    /** How long a file can be; the default is 2^60 bytes. */
    public Builder fileBytesMax(long value) {
      fileBytesMax = value;
      return this;
    }

    /** Permissions of the root, which the superuser owns; the default is 0777. */
    public Builder rootMode(int value) {
      rootMode = value;
      return this;
    }

    /** Files give out pipes that take so many bytes; by default none. */
    public Builder pipes(int bytesMax) {
      pipeBytesMax = bytesMax;
      return this;
    }

    /** A volume with quotas, of which there are none yet. */
    public Builder quotas() {
      features.add(Feature.QUOTAS);
      return this;
    }

    /** A volume that does not have this. */
    public Builder without(Feature feature) {
      features.remove(feature);
      return this;
    }

    /** A volume that does everything in the name of one user, whoever calls. */
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
          xattrs ? Xattrs.NAME_BYTES_MAX : 0,
          xattrs ? Xattrs.VALUE_BYTES_MAX : 0,
          features.contains(Feature.CLONE) ? Block.SIZE : 0,
          1);
    }

    public MemoryVolume build() {
      return new MemoryVolume(new Store(this));
    }
  }

  /**
   * The same contents as a new process finds them: this volume and all files that were opened
   * through it are closed, and files without a name are gone.
   */
  public MemoryVolume reopen() {
    close();
    opens.closeAll();
    return new MemoryVolume(store);
  }

  /** How many files are open through this volume. */
  public int openFileCount() {
    return opens.count();
  }

  /** How many pipes are there that its files gave out. */
  public int pipeCount() {
    return store.pipeCount();
  }

  /** How many bytes were written out of pipes. */
  public long pipedBytes() {
    return store.pipedBytes();
  }

  /**
   * Limits what the files of a user may take, on a volume with {@link Feature#QUOTAS}. The limit
   * binds whoever writes to them, the superuser too; what is stored already stays.
   *
   * @param softBytes told and not enforced; 0 for none
   * @param hardBytes beyond it is {@link Status#QUOTA}; 0 for none
   */
  public void limitUser(long uid, long softBytes, long hardBytes) throws StorageException {
    store.require(Feature.QUOTAS);
    store.quotas.limit(false, uid, softBytes, hardBytes);
  }

  /** The same for the files of a group. */
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
    List<Quota.Account> told = new ArrayList<>();
    if (Quota.isUserTold(effective, attributes.uid())) {
      told.add(store.quotas.ofUser(attributes.uid()));
    }
    if (Quota.isGroupTold(effective, attributes.gid())) {
      told.add(store.quotas.ofGroup(attributes.gid()));
    }
    return Quota.of(space(caller), told);
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
