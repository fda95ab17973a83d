package io.ferrynfs.server.session;

import io.ferrynfs.wire.nfs4.Verifier4;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Two machines with one name: to the server each is a restart of the other (RFC 8881 section
 * 18.35.4, case 5), so that they end each other's sessions in turns, and neither gets far. A client
 * that restarts does not come back with the verifier that it had before; so when one does, there
 * are two. It is said once for each name, as long as there is a record of it.
 *
 * <p>Guarded as the record is; {@link #say} is called under no lock, when the record has gone.
 */
final class DuplicateClientName {
  private static final Logger LOG = System.getLogger(DuplicateClientName.class.getName());

  /** Whose place this record took, and where that came from last. */
  private @Nullable Verifier4 before;

  private @Nullable SocketAddress beforeAt;
  private boolean isSaid;

  /** What is to be said of the record that has replaced this one. */
  private volatile @Nullable String notice;

  /** A record takes the place of another of the same name. */
  static void meet(Client earlier, Client later, SocketAddress from) {
    DuplicateClientName had = earlier.rivals();
    DuplicateClientName has = later.rivals();
    has.before = earlier.owner().verifier();
    has.beforeAt = earlier.address();
    has.isSaid = had.isSaid;
    if (!had.isSaid && later.owner().verifier().equals(had.before)) {
      has.isSaid = true;
      had.notice =
          "two machines call themselves \"%s\" and end each other's sessions: %s and %s. Give each a"
                  .formatted(later.name(), text(from, had.beforeAt), text(earlier.address(), null))
              + " name of its own, on Linux by its host name or by nfs.nfs4_unique_id";
    }
  }

  private static String text(@Nullable SocketAddress address, @Nullable SocketAddress otherwise) {
    SocketAddress known = address == null ? otherwise : address;
    return Hosts.text(known);
  }

  /** Says what is to be said, once. */
  void say() {
    String text = notice;
    if (text != null) {
      notice = null;
      LOG.log(Level.WARNING, text);
    }
  }
}
