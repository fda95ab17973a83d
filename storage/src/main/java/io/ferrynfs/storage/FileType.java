package io.ferrynfs.storage;

/** The type of an object. */
public enum FileType {
  REGULAR,
  DIRECTORY,
  SYMLINK,
  BLOCK_DEVICE,
  CHARACTER_DEVICE,
  FIFO,
  SOCKET;

  /**
   * Returns whether the object is a block or character device node, which has a {@link
   * DeviceNumber}.
   */
  public boolean isDevice() {
    return this == BLOCK_DEVICE || this == CHARACTER_DEVICE;
  }
}
