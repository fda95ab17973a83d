package io.ferrynfs.storage;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One file system, or a directory tree in one: objects with handles, in directories.
 *
 * <h2>Contract of every call</h2>
 *
 * <ul>
 *   <li><b>Durable on return.</b> When a call of this interface has returned, its change survives a
 *       crash of the machine. This includes names, attributes (also a size that {@link
 *       #setAttributes} set) and extended attributes, so a server may reply immediately. Only
 *       changes through an {@link OpenFile} require {@link OpenFile#sync}. A volume may combine the
 *       work of several callers, and it may offer an option by which its operator waives this
 *       guarantee.
 *   <li><b>Atomic.</b> A call that throws has changed nothing. After IO, however, the state of the
 *       named objects is unknown.
 *   <li><b>Thread-safe.</b> All methods may be called by any number of threads at once. Each call
 *       takes effect at one moment between its start and its return. Calls block on the disk. They
 *       wait for each other no longer than that, and they wait for no other event.
 *   <li><b>Confined.</b> No call follows a symbolic link. No name, handle or link leads to an
 *       object outside the volume, even if another process changes the tree during the call.
 *   <li><b>Handles</b> are as {@link Handle} describes. Every method that takes a handle fails with
 *       STALE if the object is gone and with BAD_HANDLE if this volume never created the handle. A
 *       file that was removed while it is open exists until the last {@link OpenFile} is closed.
 *   <li><b>Directories.</b> A call that needs a directory fails with SYMLINK on a symbolic link and
 *       with NOT_DIRECTORY on another type.
 *   <li><b>Callers.</b> With {@link Feature#CALLER_ENFORCED} every method fails with ACCESS if the
 *       permission bits do not allow the call, and with PERMISSION if the call requires the owner
 *       or the superuser. A lookup in a directory needs execute permission on it; a change of a
 *       directory needs write permission as well.
 *   <li>Every method may fail with IO, TRY_LATER and CLOSED. Every method that makes a change may
 *       fail with READ_ONLY, and every method that adds data or names with NO_SPACE and QUOTA. The
 *       methods document their other errors.
 * </ul>
 */
public interface Volume extends AutoCloseable {
  /**
   * Returns the permanent, globally unique id of this volume. It is the same each time the volume
   * is opened.
   */
  UUID id();

  /** Returns the handle of the root directory. It is the same each time the volume is opened. */
  Handle root();

  /**
   * Checks from all bytes of a handle, without disk access, that this volume can have created it.
   * The other methods report whether the object still exists.
   *
   * @throws StorageException BAD_HANDLE if this volume cannot have created it
   */
  void checkHandle(Handle handle) throws StorageException;

  /**
   * Returns how many more files may be opened under the limits of this volume and of all volumes of
   * this process together. The number changes with every open and close of any caller.
   */
  int openFilesLeft();

  /** Returns the features of this volume. */
  Set<Feature> features();

  /** Returns the limits of this volume. */
  VolumeLimits limits();

  /** Returns the total and free space of the volume for a caller. */
  Space space(Caller caller) throws StorageException;

  /**
   * Returns the space that the quotas of the object's owner and group leave for it. Stored bytes
   * are charged to the owner and the group of the object, regardless of the writer. The superuser
   * sees all quotas; other callers see their own and those of their groups. If the caller may see
   * none, the space of the volume is the limit.
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
   * Returns the parent of a directory.
   *
   * @throws StorageException NOT_FOUND for the root, which has no parent
   */
  Handle parent(Caller caller, Handle directory) throws StorageException;

  /** Returns the attributes of an object. This needs no permission. */
  Attributes attributes(Caller caller, Handle handle) throws StorageException;

  /**
   * Sets attributes of an object.
   *
   * <ul>
   *   <li>Setting the size, and setting a time to {@link TimeChange.Now}, requires write
   *       permission.
   *   <li>The owner may set the group to one of the owner's groups.
   *   <li>Only the superuser may change the owner. All other changes require the owner.
   *   <li>A change of the owner, and a write, clear the set-id bits as POSIX requires.
   *   <li>A time is rounded to the resolution of the volume, as by utimensat(2).
   *   <li>A mode is ignored for a symbolic link, which has none.
   * </ul>
   *
   * @param file an open of this object for writing, which permits setting the size even if the mode
   *     bits no longer do; null for none
   * @throws StorageException IS_DIRECTORY, SYMLINK or INVALID if a size is set on an object that is
   *     not a regular file; TOO_BIG; INVALID if size is negative or {@code file} is another object,
   *     ACCESS if {@code file} is not open for writing; NOT_SUPPORTED for ACLs of a symbolic link,
   *     and for all ACLs without {@link Feature#ACLS}; INVALID for a default ACL of an object that
   *     is not a directory; ATTRIBUTE_TOO_BIG if the ACLs are too long
   */
  void setAttributes(
      Caller caller, Handle handle, AttributeChanges changes, @Nullable OpenFile file)
      throws StorageException;

  /**
   * Returns the access control lists of an object. An object without an ACL has the list that is
   * equivalent to its mode. This needs no permission.
   *
   * @throws StorageException NOT_SUPPORTED without {@link Feature#ACLS}, and for a symbolic link
   */
  Acls acls(Caller caller, Handle handle) throws StorageException;

  /**
   * Returns the wanted rights that the caller has.
   *
   * @return a subset of {@code wanted}, without the rights that do not apply to the type of the
   *     object
   */
  Set<AccessRight> access(Caller caller, Handle handle, Set<AccessRight> wanted)
      throws StorageException;

  /**
   * Returns the target of a symbolic link as it was created.
   *
   * @throws StorageException WRONG_TYPE if the object is not a symbolic link
   */
  byte[] readLink(Caller caller, Handle handle) throws StorageException;

  /**
   * Opens a regular file. Execute permission suffices for reading, because a client has to read a
   * file in order to execute it (RFC 8881 section 6.2.1.3.1).
   *
   * @throws StorageException IS_DIRECTORY, SYMLINK or WRONG_TYPE if the object is not a regular
   *     file; TRY_LATER if too many files are open
   */
  OpenFile open(Caller caller, Handle handle, OpenAccess access) throws StorageException;

  /**
   * Creates a regular file or finds an existing one, and opens it. The creator may open a new file
   * for any access, regardless of its mode.
   *
   * <p>An exclusive creation and its verifier are durable like all other changes, so the volume
   * recognizes a retry after a restart. It keeps the verifier at least until the file is written to
   * or its times are set.
   *
   * @param initial for a new file: mode (default 0600), ACLs (default the default ACL of the
   *     directory, limited to the mode), owner and group (default those of the caller, or the group
   *     of a directory with the set-group-id bit), size, and times (not with {@link
   *     CreateMode.Exclusive}); for an existing file only size 0 applies, which requires write
   *     permission
   * @throws StorageException EXISTS as {@code mode} requires; IS_DIRECTORY, SYMLINK or WRONG_TYPE
   *     if the existing object may be opened and is not a regular file; INVALID for a time with
   *     Exclusive
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
   * Creates a directory.
   *
   * @param initial mode (default 0700), owner, group and times; a size is ignored
   * @throws StorageException EXISTS; TOO_MANY_LINKS if the parent can hold no more directories
   */
  Made makeDirectory(Caller caller, Handle directory, Name name, AttributeChanges initial)
      throws StorageException;

  /**
   * Creates a symbolic link.
   *
   * @param target the target, which is stored without interpretation: 1 to {@link
   *     VolumeLimits#symlinkBytesMax} bytes without NUL
   * @param initial owner, group and times; mode and size are ignored
   * @throws StorageException EXISTS; INVALID if the target is empty or contains a NUL;
   *     NAME_TOO_LONG
   */
  Made makeSymlink(
      Caller caller, Handle directory, Name name, byte[] target, AttributeChanges initial)
      throws StorageException;

  /**
   * Creates a device node, a fifo or a socket.
   *
   * @param device ignored for fifos and sockets
   * @param initial mode (default 0600), owner, group and times; a size is ignored
   * @throws StorageException EXISTS; INVALID for another type; NOT_SUPPORTED for devices without
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
   * Creates a hard link. A link to a symbolic link refers to the link and not to its target.
   *
   * @param existing any object but a directory
   * @throws StorageException IS_DIRECTORY if {@code existing} is a directory; EXISTS;
   *     TOO_MANY_LINKS
   */
  ChangeInfo link(Caller caller, Handle existing, Handle directory, Name name)
      throws StorageException;

  /**
   * Moves an entry to another name, another directory or both, atomically. The rename replaces an
   * existing object of the new name: an empty directory by a directory, another type by another
   * type. If both names refer to the same object, the rename has no effect.
   *
   * @throws StorageException NOT_FOUND; INVALID if a directory would become its own descendant;
   *     IS_DIRECTORY, NOT_DIRECTORY or NOT_EMPTY if the existing object cannot be replaced
   */
  Renamed rename(
      Caller caller, Handle fromDirectory, Name fromName, Handle toDirectory, Name toName)
      throws StorageException;

  /**
   * Removes a name. The object is removed with its last name or its last {@link OpenFile},
   * whichever is later. In a directory with the sticky bit only the owner of the object or of the
   * directory may remove or replace an entry.
   *
   * @throws StorageException NOT_FOUND; IS_DIRECTORY or NOT_DIRECTORY if the object is not of the
   *     given kind; NOT_EMPTY; BUSY for a mount point
   */
  ChangeInfo remove(Caller caller, Handle directory, Name name, RemoveKind kind)
      throws StorageException;

  /**
   * Reads entries of a directory, without {@code .} and {@code ..}, in an order of the volume's
   * choice. A reader that follows the cookies to the end gets every entry that exists during the
   * whole reading exactly once. It gets an entry that is added, removed or renamed during the
   * reading at most once under each of its names. A cookie remains valid after the removal of its
   * entry and across restarts.
   *
   * <p>The cost of a call depends only on the entries that it offers, not on the position in the
   * directory. A call holds only a few entries in memory.
   *
   * @param cookie the cookie of the entry after which to start; 0 for the first entry
   * @param verifier the verifier of the page that contained the cookie; ignored if {@code cookie}
   *     is 0
   * @param sink the receiver of the entries, until it declines one
   * @throws StorageException BAD_COOKIE if reading cannot continue from the cookie; exceptions of
   *     the sink
   */
  DirectoryPage readDirectory(
      Caller caller, Handle directory, long cookie, long verifier, EntrySink sink)
      throws StorageException;

  /**
   * Returns the value of an extended attribute. Only regular files and directories have extended
   * attributes. Another object has none, and setting or removing one fails with PERMISSION. The
   * four methods for extended attributes fail with NOT_SUPPORTED without {@link Feature#XATTRS}.
   *
   * @throws StorageException NO_ATTRIBUTE
   */
  byte[] getXattr(Caller caller, Handle handle, XattrName name) throws StorageException;

  /**
   * Sets an extended attribute.
   *
   * @return the change of the object
   * @throws StorageException EXISTS or NO_ATTRIBUTE as {@code mode} requires; NAME_TOO_LONG;
   *     ATTRIBUTE_TOO_BIG
   */
  ChangeInfo setXattr(Caller caller, Handle handle, XattrName name, byte[] value, XattrMode mode)
      throws StorageException;

  /** Returns the names of all extended attributes, ordered by their bytes. */
  List<XattrName> listXattrs(Caller caller, Handle handle) throws StorageException;

  /**
   * Removes an extended attribute.
   *
   * @return the change of the object
   * @throws StorageException NO_ATTRIBUTE
   */
  ChangeInfo removeXattr(Caller caller, Handle handle, XattrName name) throws StorageException;

  /**
   * Marks the calling thread as a background worker of this volume until the thread ends. If the
   * machine supports thread priorities, other threads run first. Another call from the same thread
   * has no effect.
   */
  default void workInBackground() {}

  /**
   * Releases the resources of the volume on this machine; the contents remain. Open files stay
   * usable until they are closed, and other calls fail with CLOSED. Closing a closed volume has no
   * effect.
   */
  @Override
  void close() throws StorageException;
}
