package io.ferrynfs.client.offload;

import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Verifier4;

/** The end of an asynchronous copy. */
public sealed interface OffloadEnd {

  /**
   * The copy succeeded.
   *
   * @param bytes the number of bytes copied, at most those requested
   * @param stable whether they are durable without a COMMIT
   * @param verifier the write verifier
   */
  record Copied(long bytes, boolean stable, Verifier4 verifier) implements OffloadEnd {}

  /**
   * The copy failed.
   *
   * @param bytes the number of bytes copied before; 0 if the server returned an invalid number
   */
  record Failed(Nfsstat4 status, long bytes) implements OffloadEnd {}

  /** The server does not know the copy, so its outcome is unknown. */
  record Unknown(String why) implements OffloadEnd {}

  /** The copy made no visible progress, and the server confirmed that it was cancelled. */
  record Silent(String why) implements OffloadEnd {}
}
