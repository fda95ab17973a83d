package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.testkit.Fate;
import io.ferrynfs.rpc.testkit.NetworkFaults;
import io.ferrynfs.rpc.testkit.SeededRandom;
import io.ferrynfs.server.endtoend.CopyMessages.Kind;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.testkit.faults.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every message of an asynchronous copy meets every mishap, at every end of the copy. In each cell
 * the caller's future completes, in time and with the truth, and nothing is left over anywhere.
 */
class CopyFaultMatrixTest {
  private static final String CELL = "ferry.cell";
  private static final int SEEDS = Integer.getInteger("ferry.seeds", 40);

  /** No cell takes longer, in the time of its world; most take seconds. */
  private static final Duration TIME_MAX = Duration.ofMinutes(12);

  /** For what is done in the background, and may meet a mishap too. */
  private static final Duration AFTERWARDS = Duration.ofSeconds(60);

  private static final Set<Kind> EXCHANGE = EnumSet.range(Kind.COPY_CALL, Kind.CANCEL_REPLY);

  /** How the copy ends on the server. */
  enum End {
    WHOLE,
    SHORT,
    EIO,
    ENOSPC,
    FAILED_SYNC,
    CANCELLED_BY_USER,
    CANCELLED_BY_ADMINISTRATOR,
    LEASE_OVER
  }

  /** What happens to a message. */
  enum Mishap {
    NONE(Fate.DELIVER),
    LOST(Fate.DROP),
    LATE(new Fate.Delay(Duration.ofSeconds(6), true)),
    TWICE(Fate.DUPLICATE),
    BROKEN_BEFORE(Fate.BREAK_BEFORE),
    BROKEN_AFTER(Fate.BREAK_AFTER);

    private final Fate fate;

    Mishap(Fate fate) {
      this.fate = fate;
    }
  }

  /** One run. */
  private record Cell(@Nullable Kind message, Mishap mishap, End end, boolean always, long seed) {

    Cell(Kind message, Mishap mishap, End end, boolean always) {
      this(message, mishap, end, always, 1);
    }

    /** Whether any message may meet any mishap. */
    boolean isRandom() {
      return message == null;
    }

    @Override
    public String toString() {
      String what = isRandom() ? "ANY" : message + "-" + mishap;
      return what + "-" + end + (always ? "-ALWAYS" : "") + "-" + seed;
    }
  }

  // A-024, B19, B40, B46, C-026, E-010, K-024, S-016, X-013
  @ParameterizedTest
  @EnumSource(End.class)
  void aMessageThatMeetsAMishapOnceChangesNothingOfTheOutcome(End end) {
    for (Kind message : EXCHANGE) {
      for (Mishap mishap : Mishap.values()) {
        run(new Cell(message, mishap, end, false));
      }
    }
  }

  // B40: not one callback arrives, and not one answer to a callback
  @ParameterizedTest
  @EnumSource(End.class)
  void aCallbackThatNeverArrivesOrIsNeverAnsweredChangesNothingOfTheOutcome(End end) {
    for (Kind message : List.of(Kind.CB_OFFLOAD_CALL, Kind.CB_OFFLOAD_REPLY)) {
      for (Mishap mishap : List.of(Mishap.LOST, Mishap.TWICE, Mishap.BROKEN_AFTER)) {
        run(new Cell(message, mishap, end, true));
      }
    }
  }

  @Test
  void underManyMishapsEveryCopyEndsWithTheTruth() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      for (End end : End.values()) {
        run(new Cell(null, Mishap.NONE, end, false, seed));
      }
    }
  }

  @Test
  void everyMessageOfTheExchangeIsMet() throws ExecutionException {
    Set<Kind> met = EnumSet.noneOf(Kind.class);
    for (End end : List.of(End.WHOLE, End.CANCELLED_BY_USER)) {
      CopyPair pair = new CopyPair(1);
      CopyMessages messages = new CopyMessages();
      pair.world.faults(message -> {
        met.add(messages.kindOf(message));
        return Fate.DELIVER;
      });
      outcome(pair, start(pair, end));
      pair.world.run(AFTERWARDS);
      pair.expectNothingHeld();
    }
    assertThat(met).containsAll(EXCHANGE);
  }

  private static void run(Cell cell) {
    String only = System.getProperty(CELL);
    if (only != null && !only.equals(cell.toString())) {
      return;
    }
    List<CopyPair> pairs = new ArrayList<>();
    try {
      CopyPair pair = new CopyPair(cell.seed());
      pairs.add(pair);
      pair.world.faults(plan(cell));
      CopyHandle handle = start(pair, cell.end());
      long begin = pair.world.nanoTime();
      Object outcome = outcome(pair, handle);
      assertThat(Duration.ofNanos(pair.world.nanoTime() - begin)).isLessThan(TIME_MAX);
      expectTruth(pair, cell, outcome);
      pair.world.run(AFTERWARDS);
      assertThat(cell.always() || pair.server.hasNoCopies())
          .as("no copy is left on the server, nor anything to tell")
          .isTrue();
      pair.expectNothingHeld();
    } catch (ExecutionException | RuntimeException | AssertionError e) {
      throw new AssertionError(
          """
          cell %s fails: %s
          again with: mvn -Dquick -pl server -am test -Dtest=CopyFaultMatrixTest \
          -Dsurefire.failIfNoSpecifiedTests=false -D%s=%s
          network: %s\
          """
              .formatted(cell, e, CELL, cell, pairs.isEmpty() ? "" : pairs.getFirst().trace()),
          e);
    }
  }

  private static NetworkFaults plan(Cell cell) {
    CopyMessages messages = new CopyMessages();
    if (cell.isRandom()) {
      SeededRandom random = new SeededRandom(cell.seed());
      return message ->
          messages.kindOf(message) != Kind.OTHER && random.nextInt(3) == 0
              ? Mishap.values()[random.nextInt(Mishap.values().length)].fate
              : Fate.DELIVER;
    }
    boolean[] met = new boolean[1];
    return message -> {
      boolean meets = messages.kindOf(message) == cell.message() && (cell.always() || !met[0]);
      met[0] |= meets;
      return meets ? cell.mishap().fate : Fate.DELIVER;
    };
  }

  private static CopyHandle start(CopyPair pair, End end) {
    switch (end) {
      case WHOLE -> {}
      case SHORT -> pair.disk.fail(Operation.COPY_RANGE, 20, Status.IO);
      case EIO -> pair.disk.failAll(Operation.COPY_RANGE, Status.IO);
      case ENOSPC ->
          pair.disk.on(
              Operation.COPY_RANGE,
              3,
              () -> pair.disk.failAll(Operation.COPY_RANGE, Status.NO_SPACE));
      case FAILED_SYNC -> pair.disk.fail(Operation.SYNC, 1, Status.IO);
      default -> {}
    }
    CopyHandle handle =
        pair.client.startCopy(
            NfsPath.of("/source"),
            pair.client,
            NfsPath.of("/target"),
            NfsCopyOptions.defaults().withProgressEvery(Duration.ofSeconds(1)));
    switch (end) {
      case CANCELLED_BY_USER -> pair.later(Duration.ofMillis(2500), handle::cancel);
      case CANCELLED_BY_ADMINISTRATOR ->
          pair.later(
              Duration.ofMillis(2500),
              () ->
                  pair.server
                      .copies()
                      .copies()
                      .forEach(copy -> {
                        var _ = pair.server.copies().cancel(copy.id());
                      }));
      case LEASE_OVER ->
          pair.later(
              Duration.ofMillis(2500),
              () -> pair.partition(Duration.ofSeconds(2 * CopyPair.LEASE_SECONDS)));
      default -> {}
    }
    return handle;
  }

  /** The result, or the exception that there is instead. */
  private static Object outcome(CopyPair pair, CopyHandle handle) {
    try {
      return pair.await(handle.completion());
    } catch (ExecutionException failed) {
      @Nullable Throwable cause = failed.getCause();
      return cause == null ? failed : cause;
    }
  }

  private static void expectTruth(CopyPair pair, Cell cell, Object outcome) {
    switch (outcome) {
      case CopyResult result -> {
        assertThat(result.bytes()).isEqualTo(CopyPair.SIZE);
        assertThat(pair.content("target")).isEqualTo(pair.content);
        if (cell.end() == End.ENOSPC) {
          // Only the server's own copying fails for space; a client that gave COPY up has written.
          assertThat(result.how()).isEqualTo(CopyResult.How.STREAMED);
        }
      }
      case NfsException failure ->
          assertThat(failure.reason()).as("%s: %s", cell, failure).isIn(reasons(cell));
      default -> throw new AssertionError(outcome);
    }
  }

  /** What a copy that did not come to its end may honestly say. */
  private static Set<NfsException.Reason> reasons(Cell cell) {
    Set<NfsException.Reason> reasons = EnumSet.noneOf(NfsException.Reason.class);
    switch (cell.end()) {
      case ENOSPC -> reasons.add(NfsException.Reason.NO_SPACE);
      case CANCELLED_BY_USER -> reasons.add(NfsException.Reason.CANCELLED);
      // The connection broke before the server looked for one to call back on: it copied at once.
      case FAILED_SYNC -> reasons.add(NfsException.Reason.IO);
      case LEASE_OVER -> reasons.addAll(EnumSet.allOf(NfsException.Reason.class));
      default -> {}
    }
    boolean copy =
        cell.isRandom() || cell.message() == Kind.COPY_CALL || cell.message() == Kind.COPY_REPLY;
    if (copy && (cell.isRandom() || cell.mishap() == Mishap.LOST)) {
      // TCP loses nothing; a peer that swallows a call or a reply is one that does not answer.
      reasons.add(NfsException.Reason.TIMED_OUT);
    }
    return reasons;
  }
}
