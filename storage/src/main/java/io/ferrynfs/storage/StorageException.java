package io.ferrynfs.storage;

import org.jspecify.annotations.Nullable;

/**
 * The failure of a storage call, to be mapped to an error of a protocol. It is an expected result
 * and not a defect of the program. It has no stack trace and no suppressed exceptions because peers
 * can cause many of them.
 */
public final class StorageException extends Exception {
  private static final long serialVersionUID = 1;

  private final Status status;

  /** Creates an exception without a detail. */
  public StorageException(Status status) {
    this(status, null);
  }

  /**
   * Creates an exception with a detail.
   *
   * @param detail additional information for the log; null for none
   */
  public StorageException(Status status, @Nullable String detail) {
    super(detail == null ? status.name() : status + ": " + detail, null, false, false);
    this.status = status;
  }

  /** Returns the reason of the failure. */
  public Status status() {
    return status;
  }
}
