package io.ferrynfs.storage.linux;

/** The authority that decides what the callers of a {@link LinuxVolume} may do. */
public enum CallerRules {
  /**
   * The kernel decides for each caller: calls are made with the ids of the caller, so mode bits,
   * ACLs, quotas and attributes such as "immutable" apply as for a local user. Requires a superuser
   * process with CAP_SETUID and CAP_SETGID, and Linux 5.8.
   */
  KERNEL,
  /**
   * The volume decides by mode bits and ACLs, in a superuser process that cannot change its
   * identity.
   */
  MODE_BITS,
  /** The kernel decides for the user of the process, regardless of the caller. */
  SERVER_USER
}
