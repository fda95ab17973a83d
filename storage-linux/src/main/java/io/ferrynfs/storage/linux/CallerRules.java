package io.ferrynfs.storage.linux;

/** Who decides what the callers of a {@link LinuxVolume} may do. */
public enum CallerRules {
  /**
   * The kernel, for each caller: everything is done with his ids, so mode bits, access control
   * lists, quotas and attributes as "immutable" count as they do for him on this machine. Needs a
   * process of the superuser with CAP_SETUID and CAP_SETGID, and Linux 5.8.
   */
  KERNEL,
  /** This volume, by mode bits and lists: a process of the superuser that may not be others. */
  MODE_BITS,
  /** The kernel, for the user of the process, whoever calls. */
  SERVER_USER
}
