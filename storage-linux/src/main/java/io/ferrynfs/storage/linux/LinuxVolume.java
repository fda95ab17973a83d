package io.ferrynfs.storage.linux;

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
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Fd;
import io.ferrynfs.storage.linux.call.ThreadNice;
import io.ferrynfs.storage.linux.handle.HandleSeal;
import io.ferrynfs.storage.linux.handle.IndexedHandles;
import io.ferrynfs.storage.linux.handle.KernelHandles;
import io.ferrynfs.storage.linux.handle.StateDirectory;
import io.ferrynfs.storage.linux.tree.AttributeWork;
import io.ferrynfs.storage.linux.tree.CallerPermissions;
import io.ferrynfs.storage.linux.tree.ChangeClock;
import io.ferrynfs.storage.linux.tree.Creation;
import io.ferrynfs.storage.linux.tree.DescriptorBudget;
import io.ferrynfs.storage.linux.tree.DirectoryListing;
import io.ferrynfs.storage.linux.tree.Names;
import io.ferrynfs.storage.linux.tree.Tree;
import io.ferrynfs.storage.linux.tree.UserXattrs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A directory of this machine as a volume. Requires Linux 5.6 (openat2), a mounted /proc, and no
 * privilege.
 *
 * <ul>
 *   <li><b>Identity.</b> In a superuser process calls are made with the identity of the {@link
 *       Caller}, so that the kernel checks permissions ({@link CallerRules}) and new objects belong
 *       to the caller. In another process calls are made as the user of the process.
 *   <li><b>Handles</b> are those of the kernel ({@link KernelHandles}) or stored in an index
 *       ({@link IndexedHandles}). Both are sealed with a key ({@link HandleSeal}).
 *   <li><b>Confinement.</b> Every name is resolved by openat2(2) beneath a directory inside the
 *       export, so neither {@code ..} nor a symlink leads out. A mount point is listed in its
 *       directory; a lookup of it fails with ACCESS and a removal with BUSY.
 *   <li><b>Durability.</b> fsync(2) of the directory after each change of names, and of the object
 *       after each change of attributes. Filesystems combine several of them in one journal commit.
 *   <li><b>Change</b> attributes are change times, corrected by {@link ChangeClock}.
 * </ul>
 */
public final class LinuxVolume implements Volume {
  private final StateDirectory state;
  private final Fd rootFd;
  private final Tree tree;
  private final Names names;
  private final Creation creation;
  private final AttributeWork attributeWork;
  private final DirectoryListing listing;
  private final UserXattrs xattrs;
  private final AtomicBoolean closed = new AtomicBoolean();

  LinuxVolume(StateDirectory state, int root, Tree tree, int umask) {
    this.state = state;
    this.rootFd = new Fd(root);
    this.tree = tree;
    this.names = new Names(tree);
    this.creation = new Creation(tree, umask);
    this.attributeWork = new AttributeWork(tree);
    this.listing = new DirectoryListing(tree);
    this.xattrs = new UserXattrs(tree);
  }

  /**
   * Opens a directory as a volume.
   *
   * @param directory the directory to export; a symlink to it is followed
   * @param options the options of the volume
   * @throws IOException if the directory does not exist or cannot be read; if this machine lacks a
   *     required system call; if the state directory is inside the export, damaged, or in use
   */
  public static LinuxVolume open(Path directory, Options options) throws IOException {
    return VolumeOpener.open(
        directory, options, DescriptorBudget.OF_PROCESS, CallerPermissions.best());
  }

  /** Returns whether handles are those of the kernel. */
  public boolean hasKernelHandles() {
    return tree.handles() instanceof KernelHandles;
  }

  /** Returns the authority that decides what callers may do. */
  public CallerRules callerRules() {
    return tree.permissions().rules();
  }

  private interface Call<T> {
    T run() throws StorageException;
  }

  private <T> T call(Call<T> call) throws StorageException {
    if (closed.get() || !rootFd.acquire()) {
      throw new StorageException(Status.CLOSED);
    }
    T result;
    try {
      result = call.run();
    } catch (StorageException | RuntimeException | Error e) {
      leave();
      throw e;
    }
    leave();
    return result;
  }

  private void leave() throws StorageException {
    if (rootFd.release()) {
      try {
        tree.pipes().close();
        tree.handles().close();
      } finally {
        unlock();
      }
    }
  }

  private void unlock() throws StorageException {
    try {
      state.close();
    } catch (IOException e) {
      throw ErrnoStatus.io(e);
    }
  }

  @Override
  public UUID id() {
    return state.id();
  }

  @Override
  public Handle root() {
    return tree.handles().root();
  }

  @Override
  public void checkHandle(Handle handle) throws StorageException {
    tree.handles().check(handle);
  }

  @Override
  public int openFilesLeft() {
    return tree.descriptors().left();
  }

  @Override
  public Set<Feature> features() {
    return tree.features();
  }

  @Override
  public VolumeLimits limits() {
    return tree.limits();
  }

  @Override
  public Space space(Caller caller) throws StorageException {
    return call(() -> attributeWork.space(caller));
  }

  @Override
  public Quota quota(Caller caller, Handle handle) throws StorageException {
    return call(() -> attributeWork.quota(caller, handle));
  }

  @Override
  public Found lookup(Caller caller, Handle directory, Name name) throws StorageException {
    return call(() -> names.lookup(caller, directory, name));
  }

  @Override
  public Handle parent(Caller caller, Handle directory) throws StorageException {
    return call(() -> names.parent(caller, directory));
  }

  @Override
  public Attributes attributes(Caller caller, Handle handle) throws StorageException {
    return call(() -> attributeWork.attributes(handle));
  }

  @Override
  public void setAttributes(
      Caller caller, Handle handle, AttributeChanges changes, @Nullable OpenFile file)
      throws StorageException {
    call(() -> {
      attributeWork.setAttributes(caller, handle, changes, file);
      return true;
    });
  }

  @Override
  public Acls acls(Caller caller, Handle handle) throws StorageException {
    return call(() -> attributeWork.acls(handle));
  }

  @Override
  public Set<AccessRight> access(Caller caller, Handle handle, Set<AccessRight> wanted)
      throws StorageException {
    return call(() -> attributeWork.access(caller, handle, wanted));
  }

  @Override
  public byte[] readLink(Caller caller, Handle handle) throws StorageException {
    return call(() -> attributeWork.readLink(handle));
  }

  @Override
  public OpenFile open(Caller caller, Handle handle, OpenAccess access) throws StorageException {
    return call(() -> creation.open(caller, handle, access));
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
    return call(() -> creation.create(caller, directory, name, mode, initial, access));
  }

  @Override
  public Made makeDirectory(Caller caller, Handle directory, Name name, AttributeChanges initial)
      throws StorageException {
    return call(() -> names.makeDirectory(caller, directory, name, initial));
  }

  @Override
  public Made makeSymlink(
      Caller caller, Handle directory, Name name, byte[] target, AttributeChanges initial)
      throws StorageException {
    return call(() -> names.makeSymlink(caller, directory, name, target, initial));
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
    return call(() -> names.makeNode(caller, directory, name, type, device, initial));
  }

  @Override
  public ChangeInfo link(Caller caller, Handle existing, Handle directory, Name name)
      throws StorageException {
    return call(() -> names.link(caller, existing, directory, name));
  }

  @Override
  public Renamed rename(
      Caller caller, Handle fromDirectory, Name fromName, Handle toDirectory, Name toName)
      throws StorageException {
    return call(() -> names.rename(caller, fromDirectory, fromName, toDirectory, toName));
  }

  @Override
  public ChangeInfo remove(Caller caller, Handle directory, Name name, RemoveKind kind)
      throws StorageException {
    return call(() -> names.remove(caller, directory, name, kind));
  }

  @Override
  public DirectoryPage readDirectory(
      Caller caller, Handle directory, long cookie, long verifier, EntrySink sink)
      throws StorageException {
    return call(() -> listing.read(caller, directory, cookie, verifier, sink));
  }

  @Override
  public byte[] getXattr(Caller caller, Handle handle, XattrName name) throws StorageException {
    return call(() -> xattrs.get(caller, handle, name));
  }

  @Override
  public ChangeInfo setXattr(
      Caller caller, Handle handle, XattrName name, byte[] value, XattrMode mode)
      throws StorageException {
    return call(() -> xattrs.set(caller, handle, name, value, mode));
  }

  @Override
  public List<XattrName> listXattrs(Caller caller, Handle handle) throws StorageException {
    return call(() -> xattrs.list(caller, handle));
  }

  @Override
  public ChangeInfo removeXattr(Caller caller, Handle handle, XattrName name)
      throws StorageException {
    return call(() -> xattrs.remove(caller, handle, name));
  }

  @Override
  public void workInBackground() {
    ThreadNice.raise();
  }

  @Override
  public void close() throws StorageException {
    if (closed.compareAndSet(false, true)) {
      leave();
    }
  }
}
