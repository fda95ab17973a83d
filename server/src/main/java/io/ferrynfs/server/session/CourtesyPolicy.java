package io.ferrynfs.server.session;

import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.state.StateTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which of the clients whose lease has run out go, and which keep what they hold for now: those for
 * whom there is room, the ones that were heard of last before the others. Who holds nothing has
 * nothing to keep.
 */
final class CourtesyPolicy {
  private final CourtesyLimits limits;
  private final StateTable state;
  private final long keptNanosMax;

  CourtesyPolicy(CourtesyLimits limits, StateTable state) {
    this.limits = limits;
    this.state = state;
    keptNanosMax = Duration.ofSeconds(limits.seconds()).toNanos();
  }

  /** Those of these that go. */
  List<Client> leaving(List<Client> expired) {
    List<Client> leaving = new ArrayList<>();
    int clients = 0;
    int stateids = 0;
    for (Client client : expired.stream().sorted(youngestFirst()).toList()) {
      int kept = client.isConfirmed() ? state.courtesyStateids(client.clientid()) : 0;
      boolean isWorthIt =
          kept > 0
              && kept <= limits.stateidsPerClientMax()
              && client.expiredNanos() <= keptNanosMax
              && clients < limits.clientsMax()
              && kept <= limits.stateidsMax() - stateids;
      if (isWorthIt) {
        clients++;
        stateids += kept;
      } else {
        leaving.add(client);
      }
    }
    return leaving;
  }

  /** Those that were heard of last come first. */
  static Comparator<Client> youngestFirst() {
    return Comparator.comparingLong(Client::expiredNanos).thenComparingLong(Client::clientid);
  }
}
