package io.ferrynfs.storage;

/**
 * Why a storage call failed. The names are ours; the POSIX error that each one stands for is named
 * where there is one, so that a volume over a kernel and a server over a protocol translate alike.
 */
public enum Status {
  /** No such name in the directory, or no such parent (ENOENT). */
  NOT_FOUND,
  /** The name is taken (EEXIST). */
  EXISTS,
  /** A directory was needed, and this is something else that is no symbolic link (ENOTDIR). */
  NOT_DIRECTORY,
  /** Something other than a directory was needed (EISDIR). */
  IS_DIRECTORY,
  /** The directory to remove or to replace has entries (ENOTEMPTY). */
  NOT_EMPTY,
  /** A symbolic link was met where the call does not follow one (ELOOP); no call follows any. */
  SYMLINK,
  /** The object's type does not have what was asked: bytes, a link target, extended attributes. */
  WRONG_TYPE,
  /** Only the owner or the superuser may do this (EPERM). */
  PERMISSION,
  /** The permissions of the object do not grant this to the caller (EACCES). */
  ACCESS,
  /** The volume is read-only (EROFS). */
  READ_ONLY,
  /** No space or no free inode is left (ENOSPC). */
  NO_SPACE,
  /** The caller's quota is used up (EDQUOT). */
  QUOTA,
  /** The file would become larger than the volume's limit (EFBIG). */
  TOO_BIG,
  /** Two objects of different volumes were given to a call that works inside one (EXDEV). */
  CROSS_DEVICE,
  /** A name or link target is longer than the volume stores (ENAMETOOLONG). */
  NAME_TOO_LONG,
  /** The name is one that no object can have: {@code .} or {@code ..}. */
  BAD_NAME,
  /** The name has a byte that no name can have: {@code /} or NUL. */
  BAD_CHARACTER,
  /**
   * An argument is out of its domain: a negative offset, an overlap, a wrong alignment (EINVAL).
   */
  INVALID,
  /** A well-formed value that this volume cannot represent, as a time before its epoch (ERANGE). */
  RANGE,
  /** The handle is of an object that no longer exists (ESTALE). */
  STALE,
  /** The handle is none that this volume ever made. */
  BAD_HANDLE,
  /**
   * The directory cookie or its verifier is none that this volume made, or has lost its meaning.
   */
  BAD_COOKIE,
  /** The volume does not have this feature (EOPNOTSUPP). */
  NOT_SUPPORTED,
  /** The medium failed (EIO). After it, nothing is known of data that was not yet durable. */
  IO,
  /** The object has as many hard links as the volume allows (EMLINK). */
  TOO_MANY_LINKS,
  /** The offset of a seek is at or beyond the end of the file (ENXIO). */
  NO_DATA,
  /** The object has no extended attribute of this name (ENODATA). */
  NO_ATTRIBUTE,
  /** The value, or all values together, are larger than the volume stores (E2BIG, ENOSPC). */
  ATTRIBUTE_TOO_BIG,
  /** The object is in use in a way that forbids this, as a mount point is (EBUSY). */
  BUSY,
  /** The volume cannot do this now and can soon: out of descriptors or memory (EMFILE, EAGAIN). */
  TRY_LATER,
  /** The file or the volume was closed by this process before the call (EBADF). */
  CLOSED
}
