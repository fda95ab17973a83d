package io.ferrynfs.server;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The clients of a server, for its administrator. */
public interface ClientDirectory {

  /** All clients, by clientid. */
  List<ClientStatus> clients();

  /**
   * Ends a client: its sessions at once, and what it holds as soon as it certainly cannot reclaim
   * it after a restart. It may come back as a new one.
   *
   * @return completes when nothing of it is left; with false when there is no such client
   */
  CompletableFuture<Boolean> expire(long clientid);
}
