package io.ferrynfs.client;

/** The type of a file system object (nfs_ftype4, RFC 8881 section 3.3.1). */
public enum NfsFileType {
  REGULAR,
  DIRECTORY,
  BLOCK_DEVICE,
  CHARACTER_DEVICE,
  SYMLINK,
  SOCKET,
  FIFO,
  /** A named attribute or its directory (RFC 8881 section 5.3): never met below a path. */
  OTHER
}
