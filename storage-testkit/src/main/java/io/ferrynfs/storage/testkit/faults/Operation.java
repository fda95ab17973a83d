package io.ferrynfs.storage.testkit.faults;

/** The calls that a {@link FaultPlan} distinguishes. */
public enum Operation {
  SPACE,
  QUOTA,
  LOOKUP,
  PARENT,
  /** Calls of a volume and of an open file. */
  ATTRIBUTES,
  SET_ATTRIBUTES,
  ACCESS,
  READ_LINK,
  /** {@link io.ferrynfs.storage.Volume#open}, and the duplication of an open file. */
  OPEN,
  CREATE,
  MAKE_DIRECTORY,
  MAKE_SYMLINK,
  MAKE_NODE,
  LINK,
  RENAME,
  REMOVE,
  READ_DIRECTORY,
  /** Reading the handle or the attributes of an entry that {@code readDirectory} offers. */
  ENTRY,
  GET_XATTR,
  SET_XATTR,
  LIST_XATTRS,
  REMOVE_XATTR,
  READ,
  /** {@code transferTo}. */
  TRANSFER,
  WRITE,
  SYNC,
  TRUNCATE,
  ALLOCATE,
  DEALLOCATE,
  SEEK,
  ADVISE,
  COPY_RANGE,
  CLONE_RANGE
}
