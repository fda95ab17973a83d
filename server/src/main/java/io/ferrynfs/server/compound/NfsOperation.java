package io.ferrynfs.server.compound;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;

/**
 * One operation of a COMPOUND.
 *
 * <p>An operation is stateless, and all requests share it. The state of a request is in the {@link
 * CompoundContext}. If an operation throws, the dispatcher makes its failed result from the status
 * (for a {@link StorageException} by {@link io.ferrynfs.server.status.StatusMap}). An operation
 * whose failed result has a body (SETATTR, COPY's OFFLOAD_NO_REQS, LOCK's DENIED) returns that
 * result itself.
 *
 * @param <A> the arguments, or the argument arm if the operation has none
 * @param <R> the result
 */
@FunctionalInterface
public interface NfsOperation<A, R> {

  /**
   * Executes the operation.
   *
   * @throws NfsStatusException if the operation fails with an NFS status
   * @throws StorageException if the volume fails
   */
  R execute(A args, CompoundContext c) throws NfsStatusException, StorageException;

  /** Returns the class of thread for {@link #execute} with these arguments. */
  default Cost cost(A args) {
    return Cost.SMALL;
  }

  /**
   * Returns whether the operation is not idempotent. The server makes sure before it executes such
   * an operation that the reply fits (RFC 8881 section 2.10.6.4): NFS4ERR_REP_TOO_BIG_TO_CACHE
   * never follows the effect.
   */
  default boolean changesState() {
    return false;
  }

  /**
   * Returns an upper bound of the result's size, before {@link #execute}. Operations that shorten
   * their results (READ, READDIR, GETXATTR) return the size of the smallest result.
   *
   * @return bytes on the wire, including the operation number
   */
  default int replyBytesMax(A args) {
    return 128;
  }
}
