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
 * An asynchronous copy with every fault at every message, for every way in which the copy ends. In
 * each cell the caller's future completes in time with a correct outcome, and no state remains on
 * either side.
 */
class CopyFaultMatrixTest {
  private static final String CELL = "ferry.cell";
  private static final int SEEDS = Integer.getInteger("ferry.seeds", 40);

  /** No cell takes longer in simulated time; most take seconds. */
  private static final Duration TIME_MAX = Duration.ofMinutes(12);

  /** The time for background work, which may suffer a fault, too. */
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
    LEASE_EXPIRED
  }

  /** What happens to a message. */
  enum Fault {
    NONE(Fate.DELIVER),
    LOST(Fate.DROP),
    LATE(new Fate.Delay(Duration.ofSeconds(6), true)),
    TWICE(Fate.DUPLICATE),
    BROKEN_BEFORE(Fate.BREAK_BEFORE),
    BROKEN_AFTER(Fate.BREAK_AFTER);

    private final Fate fate;

    Fault(Fate fate) {
      this.fate = fate;
    }
  }

  /** One run. */
  private record Cell(@Nullable Kind message, Fault fault, End end, boolean always, long seed) {

    Cell(Kind message, Fault fault, End end, boolean always) {
      this(message, fault, end, always, 1);
    }

    /** Returns whether any message may suffer any fault. */
    boolean isRandom() {
      return message == null;
    }

    @Override
    public String toString() {
      String what = isRandom() ? "ANY" : message + "-" + fault;
      return what + "-" + end + (always ? "-ALWAYS" : "") + "-" + seed;
    }
  }

  // A-024, B19, B40, B46, C-026, E-010, K-024, S-016, X-013
  @ParameterizedTest
  @EnumSource(End.class)
  void oneFaultOfAMessageDoesNotChangeTheOutcome(End end) {
    for (Kind message : EXCHANGE) {
      for (Fault fault : Fault.values()) {
        run(new Cell(message, fault, end, false));
      }
    }
  }

  // B40: no callback arrives, or no reply to a callback
  @ParameterizedTest
  @EnumSource(End.class)
  void lossOfEveryCallbackOrItsReplyDoesNotChangeTheOutcome(End end) {
    for (Kind message : List.of(Kind.CB_OFFLOAD_CALL, Kind.CB_OFFLOAD_REPLY)) {
      for (Fault fault : List.of(Fault.LOST, Fault.TWICE, Fault.BROKEN_AFTER)) {
        run(new Cell(message, fault, end, true));
      }
    }
  }

  @Test
  void everyCopyEndsCorrectlyUnderRandomFaults() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      for (End end : End.values()) {
        run(new Cell(null, Fault.NONE, end, false, seed));
      }
    }
  }

  @Test
  void everyMessageOfTheExchangeIsCovered() throws ExecutionException {
    Set<Kind> applied = EnumSet.noneOf(Kind.class);
    for (End end : List.of(End.WHOLE, End.CANCELLED_BY_USER)) {
      CopyPair pair = new CopyPair(1);
      CopyMessages messages = new CopyMessages();
      pair.world.faults(message -> {
        applied.add(messages.kindOf(message));
        return Fate.DELIVER;
      });
      outcome(pair, start(pair, end));
      pair.world.run(AFTERWARDS);
      pair.expectNothingHeld();
    }
    assertThat(applied).containsAll(EXCHANGE);
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
      expectCorrectOutcome(pair, cell, outcome);
      pair.world.run(AFTERWARDS);
      assertThat(cell.always() || pair.server.hasNoCopies())
          .as("no copy and no pending callback is left on the server")
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
              ? Fault.values()[random.nextInt(Fault.values().length)].fate
              : Fate.DELIVER;
    }
    boolean[] applied = new boolean[1];
    return message -> {
      boolean applies =
          messages.kindOf(message) == cell.message() && (cell.always() || !applied[0]);
      applied[0] |= applies;
      return applies ? cell.fault().fate : Fate.DELIVER;
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
            NfsCopyOptions.builder().progressEvery(Duration.ofSeconds(1)).build());
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
      case LEASE_EXPIRED ->
          pair.later(
              Duration.ofMillis(2500),
              () -> pair.partition(Duration.ofSeconds(2 * CopyPair.LEASE_SECONDS)));
      default -> {}
    }
    return handle;
  }

  /** Returns the result, or the exception with which the copy failed. */
  private static Object outcome(CopyPair pair, CopyHandle handle) {
    try {
      return pair.await(handle.completion());
    } catch (ExecutionException failed) {
      @Nullable Throwable cause = failed.getCause();
      return cause == null ? failed : cause;
    }
  }

  private static void expectCorrectOutcome(CopyPair pair, Cell cell, Object outcome) {
    switch (outcome) {
      case CopyResult result -> {
        assertThat(result.bytes()).isEqualTo(CopyPair.SIZE);
        assertThat(pair.content("target")).isEqualTo(pair.content);
        if (cell.end() == End.ENOSPC) {
          // Only the server's copy runs out of space; a client that gave up COPY has written the
          // data.
          assertThat(result.how()).isEqualTo(CopyResult.How.STREAMED);
        }
      }
      case NfsException failure ->
          assertThat(failure.reason()).as("%s: %s", cell, failure).isIn(reasons(cell));
      default -> throw new AssertionError(outcome);
    }
  }

  /** Returns the reasons with which the copy may fail. */
  private static Set<NfsException.Reason> reasons(Cell cell) {
    Set<NfsException.Reason> reasons = EnumSet.noneOf(NfsException.Reason.class);
    switch (cell.end()) {
      case ENOSPC -> reasons.add(NfsException.Reason.NO_SPACE);
      case CANCELLED_BY_USER -> reasons.add(NfsException.Reason.CANCELLED);
      // The connection broke before the server chose one for the callback, so it copied
      // synchronously.
      case FAILED_SYNC -> reasons.add(NfsException.Reason.IO);
      case LEASE_EXPIRED -> reasons.addAll(EnumSet.allOf(NfsException.Reason.class));
      default -> {}
    }
    boolean copy =
        cell.isRandom() || cell.message() == Kind.COPY_CALL || cell.message() == Kind.COPY_REPLY;
    if (copy && (cell.isRandom() || cell.fault() == Fault.LOST)) {
      // TCP does not lose single messages; a lost call or reply means a peer that does not answer.
      reasons.add(NfsException.Reason.TIMED_OUT);
    }
    return reasons;
  }
}
