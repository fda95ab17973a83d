package io.ferrynfs.client.offload;

import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Verifier4;

/** How a copy ended that a server made by itself. */
public sealed interface OffloadEnd {

  /**
   * It came to its end.
   *
   * @param bytes copied, not more than asked for
   * @param stable whether the server answers for their durability, so that no COMMIT is needed
   * @param verifier under which they are unstable otherwise
   */
  record Copied(long bytes, boolean stable, Verifier4 verifier) implements OffloadEnd {}

  /**
   * It stopped on an error.
   *
   * @param bytes copied before, not more than asked for; 0 when the server said nonsense
   */
  record Failed(Nfsstat4 status, long bytes) implements OffloadEnd {}

  /** The server does not know it any more: nothing can be said about it. */
  record Unknown(String why) implements OffloadEnd {}

  /** It made no progress that could be seen, and the server has confirmed that it was stopped. */
  record Silent(String why) implements OffloadEnd {}
}
