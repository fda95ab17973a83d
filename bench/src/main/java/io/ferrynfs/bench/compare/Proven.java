package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * A contender that checks the counters of the servers against the claim of its row after each
 * round. A client that uses its cache, a file that already existed, or bytes that took another way
 * fail the run instead of improving its result.
 */
final class Proven implements Contender {

  /** The required counters of a server for a round. */
  @FunctionalInterface
  interface Claim {
    /**
     * Checks the counters of a round.
     *
     * @throws IOException if the counters do not match the claim
     */
    void check(Difference counted) throws IOException;
  }

  /** The differences of a server's counters between two times. */
  record Difference(Map<String, Long> before, Map<String, Long> after) {
    long of(String counter) {
      return after.getOrDefault(counter, 0L) - before.getOrDefault(counter, 0L);
    }

    /** Checks that a counter increased by an exact number. */
    void is(String counter, long count) throws IOException {
      if (of(counter) != count) {
        throw new IOException(
            "the claim of the row is false: the server counted %d of %s, not %d"
                .formatted(of(counter), counter, count));
      }
    }

    /** Checks that a counter increased by at least a number. */
    void isAtLeast(String counter, long count) throws IOException {
      if (of(counter) < count) {
        throw new IOException(
            "the claim of the row is false: the server counted %d of %s, less than %d"
                .formatted(of(counter), counter, count));
      }
    }
  }

  /** A server and the claim about its counters. */
  private record Party(Counted server, Claim claim) {}

  private final Contender work;
  private final List<Party> parties = new ArrayList<>();

  private Proven(Contender work) {
    this.work = work;
  }

  /** Returns work with a claim about one server. */
  static Proven by(Counted server, Claim claim, Contender work) {
    return new Proven(work).and(server, claim);
  }

  /** Returns this work with a claim about a further server. */
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
