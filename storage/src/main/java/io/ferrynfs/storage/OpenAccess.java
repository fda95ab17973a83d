package io.ferrynfs.storage;

/** The access mode of an open file. */
public enum OpenAccess {
  READ,
  WRITE,
  READ_WRITE;

  /** Returns whether the mode permits reading. */
  public boolean reads() {
    return this != WRITE;
  }

  /** Returns whether the mode permits writing. */
  public boolean writes() {
    return this != READ;
  }
}
