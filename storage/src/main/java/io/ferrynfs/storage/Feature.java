package io.ferrynfs.storage;

/**
 * An optional capability of a volume. A call that needs a missing feature fails with {@link
 * Status#NOT_SUPPORTED}. The features of a volume do not change while it is open.
 */
public enum Feature {
  /** {@link OpenFile#cloneRange} shares blocks between files. */
  CLONE,
  /** {@link OpenFile#deallocate} makes holes, and seekData and seekHole report them. */
  HOLES,
  /** {@link OpenFile#allocate} reserves space. */
  ALLOCATE,
  /** The volume stores extended attributes. */
  XATTRS,
  /** The volume stores access control lists and includes them in its permission checks. */
  ACLS,
  /** The volume stores {@link Attributes#birth}. */
  BIRTH_TIME,
  /** {@link Volume#makeNode} makes device nodes. Every volume makes fifos and sockets. */
  DEVICE_NODES,
  /**
   * The volume enforces the permissions of the {@link Caller}. Without this feature the user of
   * this process performs every call and owns every new object, and an owner can be changed only if
   * that user may do so.
   */
  CALLER_ENFORCED,
  /** The volume counts the space of each user and group and may limit it. */
  QUOTAS,
  /** Names that differ only in case are the same name. */
  CASE_INSENSITIVE,
  /** The volume returns names in the case in which they were created. */
  CASE_PRESERVING
}
