package io.ferrynfs.server.status;

import io.ferrynfs.wire.nfs4.Nfsstat4;

/**
 * An operation ends with this status.
 *
 * <p>A protocol error is a value: this class only carries the value up from a lookup deep inside an
 * operation to the place that builds the result. It is checked, so that the compiler shows every
 * such place, and has no stack trace, so that it costs no more than a return.
 */
public final class NfsStatusException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Nfsstat4 status;

  /**
   * @param status the status to answer, never {@link Nfsstat4#NFS4_OK}
   */
  public NfsStatusException(Nfsstat4 status) {
    super(status.name(), null, false, false);
    if (status == Nfsstat4.NFS4_OK) {
      throw new IllegalArgumentException("NFS4_OK refuses nothing");
    }
    this.status = status;
  }

  /** The status to answer. */
  public Nfsstat4 status() {
    return status;
  }
}
