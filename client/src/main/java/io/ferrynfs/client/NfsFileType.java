package io.ferrynfs.client;

/** The type of a file system object (nfs_ftype4, RFC 8881 section 3.3.1). */
public enum NfsFileType {
  /** A regular file. */
  REGULAR,
  /** A directory. */
  DIRECTORY,
  /** A block device. */
  BLOCK_DEVICE,
  /** A character device. */
  CHARACTER_DEVICE,
  /** A symbolic link. */
  SYMLINK,
  /** A socket. */
  SOCKET,
  /** A FIFO. */
  FIFO,
  /**
   * A named attribute or its directory (RFC 8881 section 5.3), or a type that the server left out.
   */
  OTHER
}
