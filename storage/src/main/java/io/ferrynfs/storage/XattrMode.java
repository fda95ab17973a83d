package io.ferrynfs.storage;

/** What {@link Volume#setXattr} expects to find. */
public enum XattrMode {
  /** No attribute of this name, else EXISTS. */
  CREATE,
  /** An attribute of this name, else NO_ATTRIBUTE. */
  REPLACE,
  /** Either. */
  EITHER
}
