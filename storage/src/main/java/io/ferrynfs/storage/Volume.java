package io.ferrynfs.storage;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One file system, or a tree in one: objects with handles, in directories.
 *
 * <h2>What holds for every call</h2>
 *
 * <ul>
 *   <li><b>Durable on return.</b> When a call of this interface that changes something has
 *       returned, the change outlives a crash of the machine: names, attributes (a size set by
 *       {@link #setAttributes} too) and extended attributes. A server may acknowledge at once. Only
 *       what is done through an {@link OpenFile} waits for {@link OpenFile#sync}. A volume may do
 *       the work for several callers in one go, and it may offer its operator to give this promise
 *       up; it must not give it up by itself.
 *   <li><b>All or nothing.</b> A call that throws has changed nothing, save IO, after which the
 *       state of the objects that it named is unknown.
 *   <li><b>Any thread.</b> All methods may be called by any number of threads at once. Each call
 *       takes effect at one moment between its start and its return. Calls block on the disk; they
 *       do not block on each other longer than that, and they wait for nobody else.
 *   <li><b>No escape.</b> No call follows a symbolic link, and no name, handle or link leads to an
 *       object outside the volume, whatever anyone does to the tree meanwhile.
 *   <li><b>Handles</b> are as {@link Handle} says. Every method that takes one fails with STALE if
 *       the object is gone and with BAD_HANDLE if this volume never made the handle. A file that
 *       was removed while it is open is there until the last {@link OpenFile} is closed.
 *   <li><b>Directories.</b> Where a directory is needed and a symbolic link is given the status is
 *       SYMLINK, for any other object NOT_DIRECTORY.
 *   <li><b>Callers.</b> With {@link Feature#CALLER_ENFORCED} every method fails with ACCESS where
 *       the mode bits do not allow it and with PERMISSION where only the owner or the superuser
 *       may. A directory needs execute permission to look up in, and write permission besides to
 *       change.
 *   <li>Every method may fail with IO, TRY_LATER and CLOSED, each one that changes something with
 *       READ_ONLY, and each one that adds something with NO_SPACE and QUOTA. The methods name what
 *       else they fail with.
 * </ul>
 */
public interface Volume extends AutoCloseable {
  /** Tells this volume from all others, for ever: it is the same each time the volume is opened. */
  UUID id();

  /** The directory that everything is under. Its handle is the same each time. */
  Handle root();

  /**
   * Tells by the bytes of a handle alone, asking no disk, whether this volume may have made it; all
   * of the bytes count. Whether the object is still there is told by the other methods.
   *
   * @throws StorageException BAD_HANDLE if it has not
   */
  void checkHandle(Handle handle) throws StorageException;

  /**
   * How many more files may be open, as far as a bound of the volume, or of all volumes of this
   * process together, is in the way. It changes with every open and close of anybody.
   */
  int openFilesLeft();

  /** What this volume has. */
  Set<Feature> features();

  /** The numbers of this volume. */
  VolumeLimits limits();

  /** How full the volume is, for this caller. */
  Space space(Caller caller) throws StorageException;

  /**
   * What the quotas of the object's owner and group leave for it, since they are charged with what
   * is stored in it, whoever stores it. A caller is told of his own quota and of those of his
   * groups, the superuser of all; where he is told of none, the bound is that of the volume.
   *
   * @throws StorageException NOT_SUPPORTED without {@link Feature#QUOTAS}
   */
  Quota quota(Caller caller, Handle handle) throws StorageException;

  /**
   * Finds an entry of a directory.
   *
   * @throws StorageException NOT_FOUND; NAME_TOO_LONG
   */
  Found lookup(Caller caller, Handle directory, Name name) throws StorageException;

  /**
   * The directory that a directory is in.
   *
   * @throws StorageException NOT_FOUND for the root, which has none
   */
  Handle parent(Caller caller, Handle directory) throws StorageException;

  /** The attributes of an object. Nobody is denied them. */
  Attributes attributes(Caller caller, Handle handle) throws StorageException;

  /**
   * Sets attributes of an object. Setting the size, and setting a time to {@link TimeChange.Now},
   * needs permission to write; a group may be set by the owner to one of his own groups; everything
   * else is for the owner, and another owner for the superuser. Changing the owner or writing
   * clears the set-id bits as POSIX says. A time becomes the nearest one that can be stored, as
   * with utimensat(2). A mode for a symbolic link, which has none, is nothing to set.
   *
   * @param file an open of this object for writing, by which the caller may set the size though the
   *     mode bits would not let him now; null if there is none
   * @throws StorageException IS_DIRECTORY, SYMLINK or INVALID if a size is set of what is no
   *     regular file; TOO_BIG; INVALID if size is negative or {@code file} is of another object,
   *     ACCESS if it is not open for writing; NOT_SUPPORTED for the lists of a symbolic link, and
   *     for those of anything without {@link Feature#ACLS}; INVALID for a list to inherit of what
   *     is no directory; ATTRIBUTE_TOO_BIG for lists that are too long
   */
  void setAttributes(
      Caller caller, Handle handle, AttributeChanges changes, @Nullable OpenFile file)
      throws StorageException;

  /**
   * The access control lists of an object; one that has none has that of its mode. Nobody is denied
   * them.
   *
   * @throws StorageException NOT_SUPPORTED without {@link Feature#ACLS}, and for a symbolic link
   */
  Acls acls(Caller caller, Handle handle) throws StorageException;

  /**
   * Which of the wanted rights the caller has.
   *
   * @return a subset of what was wanted, without those that mean nothing for the type of the object
   */
  Set<AccessRight> access(Caller caller, Handle handle, Set<AccessRight> wanted)
      throws StorageException;

  /**
   * The target of a symbolic link, as it was made.
   *
   * @throws StorageException WRONG_TYPE if it is none
   */
  byte[] readLink(Caller caller, Handle handle) throws StorageException;

  /**
   * Opens a regular file. The permission to execute counts as one to read, since a peer who is to
   * execute a file must be able to read it.
   *
   * @throws StorageException IS_DIRECTORY, SYMLINK or WRONG_TYPE if it is no regular file;
   *     TRY_LATER if too many are open
   */
  OpenFile open(Caller caller, Handle handle, OpenAccess access) throws StorageException;

  /**
   * Makes a regular file, or finds one, and opens it. Who makes a file may open it in any way,
   * whatever mode he gives it.
   *
   * <p>An exclusive creation and its verifier are durable like everything else, so that a retry
   * after a restart is known as such. The verifier is kept at least until the file is written to or
   * its times are set.
   *
   * @param initial of a new file: mode (default 0600), lists (default what the directory has for it
   *     to inherit, cut down to the mode), owner and group (default the caller's, or the
   *     directory's group if it has the set-group-id bit), size, and times, though not with {@link
   *     CreateMode.Exclusive}. Of a file that is there only size 0 is obeyed, which needs
   *     permission to write
   * @throws StorageException EXISTS by the rules of the mode; IS_DIRECTORY, SYMLINK or WRONG_TYPE
   *     if what is there and may be opened is no regular file; INVALID for a time with Exclusive
   */
  Created create(
      Caller caller,
      Handle directory,
      Name name,
      CreateMode mode,
      AttributeChanges initial,
      OpenAccess access)
      throws StorageException;

  /**
   * Makes a directory.
   *
   * @param initial mode (default 0700), owner, group, times; a size is ignored
   * @throws StorageException EXISTS; TOO_MANY_LINKS if the directory can hold no more directories
   */
  Made makeDirectory(Caller caller, Handle directory, Name name, AttributeChanges initial)
      throws StorageException;

  /**
   * Makes a symbolic link.
   *
   * @param target what it says, stored and never looked at; 1 to {@link
   *     VolumeLimits#symlinkBytesMax} bytes without NUL
   * @param initial owner, group and times; mode and size are ignored
   * @throws StorageException EXISTS; INVALID if the target is empty or has a NUL; NAME_TOO_LONG
   */
  Made makeSymlink(
      Caller caller, Handle directory, Name name, byte[] target, AttributeChanges initial)
      throws StorageException;

  /**
   * Makes a device node, a fifo or a socket.
   *
   * @param device ignored for fifos and sockets
   * @param initial mode (default 0600), owner, group, times; a size is ignored
   * @throws StorageException EXISTS; INVALID for other types; NOT_SUPPORTED for devices without
   *     {@link Feature#DEVICE_NODES}; PERMISSION for devices if the caller is not the superuser
   */
  Made makeNode(
      Caller caller,
      Handle directory,
      Name name,
      FileType type,
      DeviceNumber device,
      AttributeChanges initial)
      throws StorageException;

  /**
   * Gives an object another name. A symbolic link is itself linked to, not what it points at.
   *
   * @param existing anything but a directory
   * @throws StorageException IS_DIRECTORY if it is one; EXISTS; TOO_MANY_LINKS
   */
  ChangeInfo link(Caller caller, Handle existing, Handle directory, Name name)
      throws StorageException;

  /**
   * Moves an entry to another name, another directory or both, in one step that everyone sees
   * wholly or not at all. What had the new name is replaced: an empty directory by a directory,
   * anything else by anything else. If both names are of one object, nothing happens.
   *
   * @throws StorageException NOT_FOUND; INVALID if a directory would come to be under itself;
   *     IS_DIRECTORY, NOT_DIRECTORY or NOT_EMPTY if what is there cannot be replaced by this
   */
  Renamed rename(
      Caller caller, Handle fromDirectory, Name fromName, Handle toDirectory, Name toName)
      throws StorageException;

  /**
   * Removes a name. The object goes with its last name, or with its last {@link OpenFile},
   * whichever goes later. In a directory with the sticky bit only the owner of the object or of the
   * directory may remove or replace it.
   *
   * @throws StorageException NOT_FOUND; IS_DIRECTORY or NOT_DIRECTORY if it is not of the kind;
   *     NOT_EMPTY; BUSY for a mount point
   */
  ChangeInfo remove(Caller caller, Handle directory, Name name, RemoveKind kind)
      throws StorageException;

  /**
   * Reads entries of a directory, without {@code .} and {@code ..}, in an order of the volume's
   * own. Who goes on from cookie to cookie until the end gets every entry that is there all the
   * time exactly once, whatever others add and remove between the calls and during them; an entry
   * that is added, removed or renamed meanwhile, at most once under each of its names. Cookies stay
   * good when the entry that they came with is removed, and across restarts.
   *
   * <p>A call costs what the entries cost that it offers, wherever in the directory it starts, and
   * holds no more than a few of them in memory.
   *
   * @param cookie of the entry after which to start; 0 for the first
   * @param verifier of the page that the cookie came with; without meaning when cookie is 0
   * @param sink is offered the entries until it declines one
   * @throws StorageException BAD_COOKIE if one cannot go on from there; what the sink throws
   */
  DirectoryPage readDirectory(
      Caller caller, Handle directory, long cookie, long verifier, EntrySink sink)
      throws StorageException;

  /**
   * The value of an extended attribute. Only regular files and directories have extended
   * attributes; on others none is found or listed, and setting and removing fail with PERMISSION.
   * The four methods fail with NOT_SUPPORTED without {@link Feature#XATTRS}.
   *
   * @throws StorageException NO_ATTRIBUTE
   */
  byte[] getXattr(Caller caller, Handle handle, XattrName name) throws StorageException;

  /**
   * Sets an extended attribute.
   *
   * @return the change of the object
   * @throws StorageException EXISTS or NO_ATTRIBUTE by the rules of the mode; NAME_TOO_LONG;
   *     ATTRIBUTE_TOO_BIG
   */
  ChangeInfo setXattr(Caller caller, Handle handle, XattrName name, byte[] value, XattrMode mode)
      throws StorageException;

  /** All names of extended attributes, in the order of their bytes. */
  List<XattrName> listXattrs(Caller caller, Handle handle) throws StorageException;

  /**
   * Removes an extended attribute.
   *
   * @return the change of the object
   * @throws StorageException NO_ATTRIBUTE
   */
  ChangeInfo removeXattr(Caller caller, Handle handle, XattrName name) throws StorageException;

  /**
   * From now on until its end the calling thread does work for this volume that nobody's latency
   * depends on: where the machine can tell threads apart, the others go first. Saying so again does
   * nothing.
   */
  default void workInBackground() {}

  /**
   * Gives up what the volume holds on this machine; the contents stay. Files that are open stay
   * usable until they are closed, other calls fail with CLOSED. Closing again does nothing.
   */
  @Override
  void close() throws StorageException;
}
