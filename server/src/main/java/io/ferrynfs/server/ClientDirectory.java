package io.ferrynfs.server;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The directory of the clients of a server, for its administrator. */
public interface ClientDirectory {

  /** Returns the clients of the server, ordered by clientid. */
  List<ClientStatus> clients();

  /**
   * Expires a client. The server ends its sessions at once. It discards the state of the client as
   * soon as the client certainly cannot reclaim it after a restart of the server. The client may
   * establish a new client record afterwards.
   *
   * @param clientid the client, as {@link ClientStatus#clientid} has it
   * @return completes with true when the server has discarded all state of the client; with false
   *     if there is no such client
   */
  CompletableFuture<Boolean> expire(long clientid);
}
