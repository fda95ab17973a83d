package io.ferrynfs.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.cli.admin.Counters;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Checks that a row fails if the counters of the servers do not match its claim. */
class ProvenTest {
  private static final String GETATTRS = Counters.operation("GETATTR", Counters.CALLS);

  private final SortedMap<String, Long> counted = new TreeMap<>();

  private SortedMap<String, Long> counts() {
    return new TreeMap<>(counted);
  }

  private Contender work(String counter, long count) {
    return () -> {
      counted.merge(counter, count, Long::sum);
      return 7;
    };
  }

  private void fails(Proven.Claim claim, Contender work, String reason) {
    assertThatThrownBy(() -> Proven.by(this::counts, claim, work).round())
        .isInstanceOf(IOException.class)
        .hasMessage("the claim of the row is false: " + reason);
  }

  @Test
  void workWithAMatchingClaimReturnsItsRate() throws IOException, InterruptedException {
    counted.put(GETATTRS, 1000L);
    Proven row = Proven.by(this::counts, Claims.operations("GETATTR", 10), work(GETATTRS, 10));
    assertThat(row.round()).isEqualTo(7);
    assertThat(row.round()).isEqualTo(7);
  }

  @Test
  void callsThatDoNotReachTheServerFailTheRow() {
    counted.put(GETATTRS, 1000L);
    fails(
        Claims.operations("GETATTR", 10),
        work(GETATTRS, 1),
        "the server counted 1 of operation.GETATTR.calls, less than 10");
  }

  @Test
  void failedCallsFailTheRow() {
    fails(
        Claims.operations("GETATTR", 0),
        work(Counters.operation("GETATTR", Counters.FAILURES), 1),
        "the server counted 1 of operation.GETATTR.failures, not 0");
  }

  @Test
  void bytesThatTookAnotherWayFailTheRow() {
    fails(
        Claims.moved(5),
        work(Counters.COPY_SHARED, 5),
        "the server counted 5 of bytes.copy.shared, not 0");
    fails(
        Claims.fetched(5),
        work(Counters.WRITTEN, 5),
        "the server counted 0 of bytes.copy.fetched, not 5");
    fails(
        Claims.sent(5),
        work(Counters.READ_COPIED, 5),
        "the server counted 0 of bytes.read.sendfile, not 5");
    fails(Claims.read(5), work(Counters.READ_SENT, 4), "4 bytes were read, not 5");
  }

  @Test
  void countersOfEveryParticipatingServerAreChecked() {
    Proven row =
        Proven.by(this::counts, Claims.sent(5), work(Counters.READ_SENT, 5))
            .and(TreeMap::new, Claims.fetched(5));
    assertThatThrownBy(row::round).hasMessageContaining("bytes.copy.fetched");
  }
}
