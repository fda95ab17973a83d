package io.ferrynfs.server;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The clients that may hold state, in a place that outlives the server (RFC 8881 section 8.4.3). A
 * client that is here when a server starts may reclaim, and nobody else may: a server whose
 * registry has lost a client is harsh, one whose registry kept a client too long gives away what
 * others hold.
 *
 * <p>One thread at a time calls it. It is opened and closed by whoever starts the server.
 */
public interface ClientRegistry {

  /**
   * What the last instance of the server left: for each client the seconds of the lease that it was
   * given.
   *
   * @throws IOException when it cannot be read
   */
  Map<ClientKey, Integer> load() throws IOException;

  /**
   * Makes changes durable, all of them: when this returns they outlive the machine.
   *
   * @param changes for each client the seconds of its lease, or null for one that is to go
   * @throws IOException when that is not certain
   */
  void write(Map<ClientKey, @Nullable Integer> changes) throws IOException;

  /**
   * What is written is not true any more and cannot be put right: whatever starts next must find
   * nothing (RFC 8881 section 8.4.3: for clients that may be affected by damaged information, a
   * server must refuse all reclaims).
   *
   * @throws IOException when it cannot be taken away either
   */
  void discard() throws IOException;

  /**
   * Begins again with nothing, after {@link #discard}.
   *
   * @throws IOException when that is not possible yet; it may be tried again
   */
  void begin() throws IOException;
}
