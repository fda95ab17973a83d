package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.LocalCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** The mapping of kernel errors on local files to the exceptions of java.nio.file. */
final class LocalErrors {
  private LocalErrors() {}

  /**
   * Returns the result of a system call.
   *
   * @throws FileSystemException if the result is {@code -errno}
   */
  static int check(int result, byte[] path) throws IOException {
    if (result < 0) {
      throw of(-result, path);
    }
    return result;
  }

  /** Returns the 64-bit result of a system call, as the other method does. */
  static long check(long result, byte[] path) throws IOException {
    if (result < 0) {
      throw of((int) -result, path);
    }
    return result;
  }

  /** Returns the exception for a path whose symbolic links form a loop. */
  static FileSystemLoopException loop(byte[] path) {
    return new FileSystemLoopException(new String(path, StandardCharsets.UTF_8));
  }

  static FileSystemException of(int errno, byte[] path) {
    // The name is for programs that catch the exception; messages for people show the path as they
    // gave it.
    String file = new String(path, StandardCharsets.UTF_8);
    return switch (errno) {
      case Errno.ENOENT -> new NoSuchFileException(file);
      case Errno.EACCES, Errno.EPERM -> new AccessDeniedException(file);
      case Errno.EEXIST -> new FileAlreadyExistsException(file);
      case Errno.ENOTEMPTY -> new DirectoryNotEmptyException(file);
      case Errno.EXDEV -> new AtomicMoveNotSupportedException(file, null, "on another file system");
      case Errno.ELOOP ->
          new FileSystemException(file, null, "a symbolic link is in the way and is not followed");
      default -> new FileSystemException(file, null, LocalCalls.message(errno));
    };
  }
}
