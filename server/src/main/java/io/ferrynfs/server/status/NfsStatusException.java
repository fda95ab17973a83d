package io.ferrynfs.server.status;

import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * A failure of an operation with an NFS status.
 *
 * <p>The exception carries the status from a lookup deep inside an operation to the code that
 * builds the result. It is a checked exception, so that the compiler reports every such place. It
 * has no stack trace, so that it is cheap.
 */
public final class NfsStatusException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Nfsstat4 status;

  /**
   * Creates an exception.
   *
   * @param status the status of the operation, never {@link Nfsstat4#NFS4_OK}
   */
  public NfsStatusException(Nfsstat4 status) {
    super(status.name(), null, false, false);
    if (status == Nfsstat4.NFS4_OK) {
      throw new IllegalArgumentException("NFS4_OK refuses nothing");
    }
    this.status = status;
  }

  /** Returns the status of the operation. */
  public Nfsstat4 status() {
    return status;
  }
}
