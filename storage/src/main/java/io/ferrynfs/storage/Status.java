package io.ferrynfs.storage;

/**
 * The reason why a storage call failed. The names belong to this package. The corresponding POSIX
 * error is given where there is one, so that volumes over a kernel and servers over a protocol map
 * it consistently.
 */
public enum Status {
  /** The directory has no entry of this name, or no parent (ENOENT). */
  NOT_FOUND,
  /** The name exists already (EEXIST). */
  EXISTS,
  /** The call needs a directory and got another type that is not a symbolic link (ENOTDIR). */
  NOT_DIRECTORY,
  /** The call needs another type and got a directory (EISDIR). */
  IS_DIRECTORY,
  /** The directory to be removed or replaced has entries (ENOTEMPTY). */
  NOT_EMPTY,
  /** The object is a symbolic link, which no call follows (ELOOP). */
  SYMLINK,
  /**
   * The type of the object does not support the call: it has no data, no link target or no extended
   * attributes.
   */
  WRONG_TYPE,
  /** The call requires the owner or the superuser (EPERM). */
  PERMISSION,
  /** The permissions of the object do not allow the call (EACCES). */
  ACCESS,
  /** The volume is read-only (EROFS). */
  READ_ONLY,
  /** The volume has no free space or no free inode (ENOSPC). */
  NO_SPACE,
  /** The call would exceed a quota (EDQUOT). */
  QUOTA,
  /** The file would exceed the maximum size of the volume (EFBIG). */
  TOO_BIG,
  /** The objects belong to different volumes, and the call works within one (EXDEV). */
  CROSS_DEVICE,
  /** The name or the link target exceeds the limit of the volume (ENAMETOOLONG). */
  NAME_TOO_LONG,
  /** The name is {@code .} or {@code ..}, which no object can have. */
  BAD_NAME,
  /** The name contains {@code /} or NUL. */
  BAD_CHARACTER,
  /**
   * An argument is out of its domain: a negative offset, an overlap, a wrong alignment (EINVAL).
   */
  INVALID,
  /** The volume cannot represent the value, such as a time before its epoch (ERANGE). */
  RANGE,
  /** The object of the handle no longer exists (ESTALE). */
  STALE,
  /** This volume never created the handle. */
  BAD_HANDLE,
  /**
   * This volume never created the directory cookie or its verifier, or the cookie is no longer
   * valid.
   */
  BAD_COOKIE,
  /** The volume does not have this feature (EOPNOTSUPP). */
  NOT_SUPPORTED,
  /** The medium failed (EIO). The state of data that was not yet durable is unknown. */
  IO,
  /** The object has the maximum number of hard links (EMLINK). */
  TOO_MANY_LINKS,
  /** The offset of a seek is at or beyond the end of the file (ENXIO). */
  NO_DATA,
  /** The object has no extended attribute of this name (ENODATA). */
  NO_ATTRIBUTE,
  /** The value, or all values together, exceed the limit of the volume (E2BIG, ENOSPC). */
  ATTRIBUTE_TOO_BIG,
  /** The object is in use, for example as a mount point (EBUSY). */
  BUSY,
  /**
   * The volume lacks a resource such as descriptors or memory at the moment; the caller should
   * retry (EMFILE, EAGAIN).
   */
  TRY_LATER,
  /** This process closed the file or the volume before the call (EBADF). */
  CLOSED
}
