package io.ferrynfs.storage;

/** What an object is. */
public enum FileType {
  REGULAR,
  DIRECTORY,
  SYMLINK,
  BLOCK_DEVICE,
  CHARACTER_DEVICE,
  FIFO,
  SOCKET;

  /** Whether the object is a node for a device, with a {@link DeviceNumber}. */
  public boolean isDevice() {
    return this == BLOCK_DEVICE || this == CHARACTER_DEVICE;
  }
}
