package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Work that counts only if the servers have done it: what each has counted meanwhile is held
 * against what the row claims. A client that answers from its cache, a file that was there already,
 * or bytes that took another way fail the run instead of making a good figure.
 */
final class Proven implements Contender {

  /** What a server must have counted during a round. */
  @FunctionalInterface
  interface Claim {
    /**
     * Looks at what was counted.
     *
     * @throws IOException if that is not what the round claims to have done
     */
    void check(Difference counted) throws IOException;
  }

  /** What a server has counted between two moments. */
  record Difference(Map<String, Long> before, Map<String, Long> after) {
    long of(String counter) {
      return after.getOrDefault(counter, 0L) - before.getOrDefault(counter, 0L);
    }

    /** Demands a count of exactly so many. */
    void is(String counter, long count) throws IOException {
      if (of(counter) != count) {
        throw new IOException(
            "not what the row claims: the server counted %d of %s, not %d"
                .formatted(of(counter), counter, count));
      }
    }

    /** Demands a count of so many or more. */
    void isAtLeast(String counter, long count) throws IOException {
      if (of(counter) < count) {
        throw new IOException(
            "not what the row claims: the server counted %d of %s, less than %d"
                .formatted(of(counter), counter, count));
      }
    }
  }

  /** A server and what is claimed of it. */
  private record Party(Counted server, Claim claim) {}

  private final Contender work;
  private final List<Party> parties = new ArrayList<>();

  private Proven(Contender work) {
    this.work = work;
  }

  /** Work of one server. */
  static Proven by(Counted server, Claim claim, Contender work) {
    return new Proven(work).and(server, claim);
  }

  /** The same work also shows at another server. */
  Proven and(Counted server, Claim claim) {
    parties.add(new Party(server, claim));
    return this;
  }

  @Override
  public double round() throws IOException, InterruptedException {
    List<SortedMap<String, Long>> before = new ArrayList<>();
    for (Party party : parties) {
      before.add(party.server.counts());
    }
    double rate = work.round();
    for (int i = 0; i < parties.size(); i++) {
      Party party = parties.get(i);
      party.claim.check(new Difference(before.get(i), party.server.counts()));
    }
    return rate;
  }
}
