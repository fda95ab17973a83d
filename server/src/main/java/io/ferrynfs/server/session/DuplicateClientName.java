package io.ferrynfs.server.session;

import io.ferrynfs.wire.nfs4.Verifier4;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Detects two machines with the same client owner. To the server each of them is a restart of the
 * other (RFC 8881 section 18.35.4, case 5), so they end each other's sessions in turns. A client
 * that restarts uses a new verifier. A verifier that returns therefore belongs to a second machine.
 * The warning is logged once for each client owner while a record of it exists.
 *
 * <p>The monitor of the {@link ClientRecords} guards it, except {@link #log}, which is called under
 * no lock after the removal of the record.
 */
final class DuplicateClientName {
  private static final Logger LOG = System.getLogger(DuplicateClientName.class.getName());

  /** The verifier of the record that this one replaced. */
  private @Nullable Verifier4 previousVerifier;

  /** The last address of that record. */
  private @Nullable SocketAddress previousAddress;

  private boolean isReported;

  /** The warning about the record that replaced this one. */
  private volatile @Nullable String warning;

  /** Records that a client replaces another one with the same owner. */
  static void replaced(Client earlier, Client later, SocketAddress from) {
    DuplicateClientName before = earlier.duplicateName();
    DuplicateClientName after = later.duplicateName();
    after.previousVerifier = earlier.owner().verifier();
    after.previousAddress = earlier.address();
    after.isReported = before.isReported;
    if (!before.isReported && later.owner().verifier().equals(before.previousVerifier)) {
      after.isReported = true;
      before.warning =
          "two machines have the client name \"%s\" and end each other's sessions: %s and %s. Give each a"
                  .formatted(
                      later.name(),
                      text(from, before.previousAddress),
                      text(earlier.address(), null))
              + " name of its own, on Linux by its host name or by nfs.nfs4_unique_id";
    }
  }

  private static String text(@Nullable SocketAddress address, @Nullable SocketAddress otherwise) {
    SocketAddress known = address == null ? otherwise : address;
    return Hosts.text(known);
  }

  /** Logs the warning once, if there is one. */
  void log() {
    String text = warning;
    if (text != null) {
      warning = null;
      LOG.log(Level.WARNING, text);
    }
  }
}
