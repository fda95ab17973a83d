package io.ferrynfs.storage;

/** What {@link Volume#remove} expects to find. */
public enum RemoveKind {
  /** An empty directory, else NOT_DIRECTORY. */
  DIRECTORY,
  /** Anything but a directory, else IS_DIRECTORY. */
  NON_DIRECTORY,
  /** Either: an empty directory or anything else. */
  ANY
}
