package io.ferrynfs.storage;

/**
 * What one volume has and another has not. A call for a feature that is missing answers {@link
 * Status#NOT_SUPPORTED}; a feature never comes or goes while the volume is open.
 */
public enum Feature {
  /** {@link OpenFile#cloneRange} shares blocks between files. */
  CLONE,
  /** {@link OpenFile#deallocate} makes holes, and the seeks see them. */
  HOLES,
  /** {@link OpenFile#allocate} reserves space. */
  ALLOCATE,
  /** Extended attributes. */
  XATTRS,
  /** Access control lists, which count for the permissions. */
  ACLS,
  /** {@link Attributes#birth} is kept. */
  BIRTH_TIME,
  /** {@link Volume#makeNode} makes device nodes; fifos and sockets are made by every volume. */
  DEVICE_NODES,
  /**
   * The permissions of the {@link Caller} are enforced here. Without it everything is done by, and
   * belongs to, the user of this process, and no request to change an owner succeeds unless that
   * user may do so.
   */
  CALLER_ENFORCED,
  /** What the objects of users and groups take is counted, and may be limited. */
  QUOTAS,
  /** Names that differ only in case are the same name. */
  CASE_INSENSITIVE,
  /** Names are given back in the case that they were made with. */
  CASE_PRESERVING
}
