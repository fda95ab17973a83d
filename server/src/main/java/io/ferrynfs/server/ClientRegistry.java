package io.ferrynfs.server;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of the clients that may hold state, in storage that survives the server (RFC 8881
 * section 8.4.3). Only a client in the record may reclaim state after a restart of the server. A
 * client that is missing from the record loses its state. A client that stays in the record too
 * long could reclaim state that conflicts with that of other clients.
 *
 * <p>One thread at a time calls these methods. The server does not open or close the registry; its
 * owner does.
 */
public interface ClientRegistry {

  /**
   * Returns the clients that the last instance of the server recorded, each with its lease in
   * seconds.
   *
   * @throws IOException if the record cannot be read
   */
  Map<ClientKey, Integer> load() throws IOException;

  /**
   * Writes changes to stable storage. All of them survive a crash of the machine when this method
   * returns.
   *
   * @param changes the lease in seconds of each client, or null for a client to remove
   * @throws IOException if it is not certain that all changes are stable
   */
  void write(Map<ClientKey, @Nullable Integer> changes) throws IOException;

  /**
   * Discards the record because it is wrong and cannot be corrected. The next instance of the
   * server must find no clients in it: a server must refuse all reclaims of clients that damaged
   * information may concern (RFC 8881 section 8.4.3).
   *
   * @throws IOException if the record cannot be removed
   */
  void discard() throws IOException;

  /**
   * Begins an empty record after {@link #discard}.
   *
   * @throws IOException if this is not possible yet; the server retries later
   */
  void begin() throws IOException;
}
