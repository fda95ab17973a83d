package io.ferrynfs.storage.linux.call;

import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.io.IOException;

/** The mapping of error numbers of the kernel to statuses. */
public final class ErrnoStatus {
  private ErrnoStatus() {}

  /** Returns the status for an errno without a call-specific meaning. */
  public static Status status(int errno) {
    return switch (errno) {
      case Errno.ENOENT -> Status.NOT_FOUND;
      case Errno.EEXIST -> Status.EXISTS;
      case Errno.ENOTDIR -> Status.NOT_DIRECTORY;
      case Errno.EISDIR -> Status.IS_DIRECTORY;
      case Errno.ENOTEMPTY -> Status.NOT_EMPTY;
      case Errno.ELOOP -> Status.SYMLINK;
      case Errno.EPERM -> Status.PERMISSION;
      case Errno.EACCES -> Status.ACCESS;
      case Errno.EROFS -> Status.READ_ONLY;
      case Errno.ENOSPC -> Status.NO_SPACE;
      case Errno.EDQUOT -> Status.QUOTA;
      case Errno.EFBIG -> Status.TOO_BIG;
      case Errno.EXDEV -> Status.CROSS_DEVICE;
      case Errno.ENAMETOOLONG -> Status.NAME_TOO_LONG;
      case Errno.EINVAL -> Status.INVALID;
      case Errno.ERANGE, Errno.EOVERFLOW -> Status.RANGE;
      case Errno.ESTALE -> Status.STALE;
      case Errno.EOPNOTSUPP, Errno.ENOSYS, Errno.ENOTTY -> Status.NOT_SUPPORTED;
      case Errno.EMLINK -> Status.TOO_MANY_LINKS;
      case Errno.ENXIO -> Status.NO_DATA;
      case Errno.ENODATA -> Status.NO_ATTRIBUTE;
      case Errno.E2BIG -> Status.ATTRIBUTE_TOO_BIG;
      case Errno.EBUSY, Errno.ETXTBSY -> Status.BUSY;
      case Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.EAGAIN, Errno.EINTR -> Status.TRY_LATER;
      default -> Status.IO;
    };
  }

  public static StorageException of(int errno) {
    Status status = status(errno);
    return new StorageException(status, status == Status.IO ? LocalCalls.message(errno) : null);
  }

  /** Returns a result, or throws the exception for {@code -errno}. */
  public static int check(int result) throws StorageException {
    if (result < 0) {
      throw of(-result);
    }
    return result;
  }

  /** Returns a result, or throws the exception for {@code -errno}. */
  public static long check(long result) throws StorageException {
    if (result < 0) {
      throw of((int) -result);
    }
    return result;
  }

  /** Returns the result of opening a directory entry. A mount point (EXDEV) fails with ACCESS. */
  public static int checkEntry(int result) throws StorageException {
    if (result == -Errno.EXDEV) {
      throw new StorageException(Status.ACCESS, "a mount point");
    }
    return check(result);
  }

  public static StorageException io(IOException cause) {
    return new StorageException(Status.IO, cause.toString());
  }
}
