package io.ferrynfs.storage;

/**
 * A right of a caller on an object, as in the ACCESS operation (RFC 8881 section 18.1, RFC 8276
 * section 8.5).
 */
public enum AccessRight {
  /** Read a file's data or a directory's entries. */
  READ,
  /**
   * Look up a name in a directory. Applies to directories only and is never granted for another
   * type.
   */
  LOOKUP,
  /** Write existing data, or change existing entries of a directory. */
  MODIFY,
  /** Write new data, or add entries to a directory. */
  EXTEND,
  /**
   * Remove entries of a directory. Applies to directories only and is never granted for another
   * type.
   */
  DELETE,
  /** Execute a file. Does not apply to a directory and is never granted for one. */
  EXECUTE,
  /** Get the value of an extended attribute. */
  XATTR_READ,
  /** Set or remove an extended attribute. */
  XATTR_WRITE,
  /** List the names of the extended attributes. */
  XATTR_LIST
}
