package io.ferrynfs.server.operation;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;

/**
 * One operation of a COMPOUND.
 *
 * <p>An operation is stateless and shared by all requests; everything that belongs to one request
 * is in the {@link CompoundContext}. When it throws, the dispatcher builds the operation's failed
 * result from the status (a {@link StorageException} through {@link
 * io.ferrynfs.server.status.StatusMap}). An operation whose failure carries a body (SETATTR, COPY's
 * OFFLOAD_NO_REQS, LOCK's DENIED) returns that result itself.
 *
 * @param <A> the arguments, or the argument arm itself when the operation has none
 * @param <R> the result
 */
@FunctionalInterface
public interface NfsOperation<A, R> {

  /**
   * Executes the operation.
   *
   * @throws NfsStatusException when the operation fails with an NFS status
   * @throws StorageException when the volume refuses
   */
  R execute(A args, CompoundContext c) throws NfsStatusException, StorageException;

  /** Where {@link #execute} may run with these arguments. */
  default Cost cost(A args) {
    return Cost.SMALL;
  }

  /**
   * True when executing twice differs from executing once. The reply of such an operation is known
   * to fit before it is executed (RFC 8881 section 2.10.6.4: NFS4ERR_REP_TOO_BIG_TO_CACHE comes
   * instead of the effect, never after it).
   */
  default boolean changesState() {
    return false;
  }

  /**
   * An upper bound of the result's size, asked before {@link #execute}. Operations with large or
   * elastic results (READ, READDIR, GETXATTR) answer what they will really need, at most.
   *
   * @return bytes on the wire, with the operation number
   */
  default int replyBytesMax(A args) {
    return 128;
  }
}
