package io.ferrynfs.storage;

/** What a caller may be allowed to do with an object. */
public enum AccessRight {
  /** Read a file's data or a directory's entries. */
  READ,
  /** Look up a name in a directory; meaningless for others, and never granted for them. */
  LOOKUP,
  /** Write existing data, or change existing entries of a directory. */
  MODIFY,
  /** Write new data, or add entries to a directory. */
  EXTEND,
  /** Remove entries of a directory; meaningless for others, and never granted for them. */
  DELETE,
  /** Execute a file; meaningless for a directory, and never granted for one. */
  EXECUTE,
  /** Get an extended attribute. */
  XATTR_READ,
  /** Set or remove an extended attribute. */
  XATTR_WRITE,
  /** List the names of the extended attributes. */
  XATTR_LIST
}
