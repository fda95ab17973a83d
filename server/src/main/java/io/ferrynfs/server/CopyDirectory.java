package io.ferrynfs.server;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The copies of a server, for its administrator. */
public interface CopyDirectory {

  /** The copies that have not ended, oldest first. */
  List<CopyStatus> copies();

  /**
   * Ends a copy; its client is told how far it came, with NFS4_OK. When it asks for the rest within
   * a lease, that is denied.
   *
   * @return completes when nothing is written any more; with false when there is no such copy
   */
  CompletableFuture<Boolean> cancel(long id);
}
