package io.ferrynfs.storage;

import org.jspecify.annotations.Nullable;

/**
 * A storage call that failed: a value to be translated, not a fault of the program. It has no stack
 * trace and no suppressed exceptions, since a peer can cause millions of them.
 */
public final class StorageException extends Exception {
  private static final long serialVersionUID = 1;

  private final Status status;

  public StorageException(Status status) {
    this(status, null);
  }

  /**
   * @param detail what a log reader wants to know beyond the status; null when there is nothing
   */
  public StorageException(Status status, @Nullable String detail) {
    super(detail == null ? status.name() : status + ": " + detail, null, false, false);
    this.status = status;
  }

  public Status status() {
    return status;
  }
}
