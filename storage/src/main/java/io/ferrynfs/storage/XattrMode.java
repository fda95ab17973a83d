package io.ferrynfs.storage;

/** The state of the attribute that {@link Volume#setXattr} expects. */
public enum XattrMode {
  /** The attribute must not exist; the call fails with EXISTS otherwise. */
  CREATE,
  /** The attribute must exist; the call fails with NO_ATTRIBUTE otherwise. */
  REPLACE,
  /** The attribute may exist or not. */
  EITHER
}
