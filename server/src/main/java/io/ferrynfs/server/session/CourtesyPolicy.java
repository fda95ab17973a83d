package io.ferrynfs.server.session;

import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.state.StateTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Selects the clients that become courtesy clients when their leases expire. Within the limits, the
 * clients whose leases expired last take precedence. A client without state never becomes a
 * courtesy client.
 */
final class CourtesyPolicy {
  private final CourtesyLimits limits;
  private final StateTable state;
  private final long courtesyNanosMax;

  CourtesyPolicy(CourtesyLimits limits, StateTable state) {
    this.limits = limits;
    this.state = state;
    courtesyNanosMax = Duration.ofSeconds(limits.seconds()).toNanos();
  }

  /** Returns the clients that do not become courtesy clients. */
  List<Client> ending(List<Client> expired) {
    List<Client> ending = new ArrayList<>();
    int clients = 0;
    int stateids = 0;
    for (Client client : expired.stream().sorted(latestExpiredFirst()).toList()) {
      int held = client.isConfirmed() ? state.courtesyStateids(client.clientid()) : 0;
      boolean isEligible =
          held > 0
              && held <= limits.stateidsPerClientMax()
              && client.expiredNanos() <= courtesyNanosMax
              && clients < limits.clientsMax()
              && held <= limits.stateidsMax() - stateids;
      if (isEligible) {
        clients++;
        stateids += held;
      } else {
        ending.add(client);
      }
    }
    return ending;
  }

  /** Orders the clients whose leases expired last before the others. */
  static Comparator<Client> latestExpiredFirst() {
    return Comparator.comparingLong(Client::expiredNanos).thenComparingLong(Client::clientid);
  }
}
