package io.ferrynfs.server;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The directory of the copies of a server, for its administrator. */
public interface CopyDirectory {

  /** Returns the copies that have not ended, oldest first. */
  List<CopyStatus> copies();

  /**
   * Cancels a copy. Its client receives a short copy with NFS4_OK. For one lease time the server
   * denies a COPY of the remaining bytes.
   *
   * @param id the copy, as {@link CopyStatus#id} has it
   * @return completes with true when the server no longer writes to the destination; with false if
   *     there is no such copy
   */
  CompletableFuture<Boolean> cancel(long id);
}
