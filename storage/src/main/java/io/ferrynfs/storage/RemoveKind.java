package io.ferrynfs.storage;

/** The type of object that {@link Volume#remove} expects. */
public enum RemoveKind {
  /** An empty directory; the call fails with NOT_DIRECTORY on another type. */
  DIRECTORY,
  /** Any type but a directory; the call fails with IS_DIRECTORY on a directory. */
  NON_DIRECTORY,
  /** Any type; a directory must be empty. */
  ANY
}
