package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsException;
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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Copies from server to server, with every fault at every message, a crash of every party at every
 * step, and a partition between every two parties at every step. In each cell the caller's future
 * completes in time with a correct outcome, and no state remains anywhere.
 */
class InterCopyFaultMatrixTest {
  private static final String CELL = "ferry.cell";
  private static final int SEEDS = Integer.getInteger("ferry.seeds", 20);

  /** No cell takes longer in simulated time; most take seconds. */
  private static final Duration TIME_MAX = Duration.ofMinutes(15);

  /** The time for background work, which may suffer a fault, too. */
  private static final Duration AFTERWARDS = Duration.ofSeconds(60);

  private static final Duration MORE_THAN_A_LEASE =
      Duration.ofSeconds(3 * SimulatedServer.LEASE_SECONDS);

  private static final Set<Kind> EXCHANGE = EnumSet.complementOf(EnumSet.of(Kind.OTHER));

  /** The steps of a copy without faults. */
  private static final Set<Kind> STEPS = EnumSet.range(Kind.NOTIFY_CALL, Kind.READ_REPLY);

  static {
    STEPS.addAll(EnumSet.range(Kind.COPY_CALL, Kind.CB_OFFLOAD_REPLY));
  }

  /** How the copy ends without a fault. */
  enum End {
    WHOLE,
    /** The source's disk fails once. */
    SHORT,
    /** The source's disk fails from some point on. */
    EIO,
    ENOSPC,
    FAILED_SYNC,
    CANCELLED_BY_USER,
    CANCELLED_BY_ADMINISTRATOR
  }

  /** What happens at a message. */
  private sealed interface Disturbance {
    /** The message itself suffers this fate. */
    record MessageFault(String name, Fate fate) implements Disturbance {}

    /**
     * A party is killed before or after the message arrives, and restarts after a while or never.
     */
    record Crash(String host, boolean before, @Nullable Duration downTime) implements Disturbance {}

    /** Two parties are partitioned. */
    record Partition(String one, String other, Duration time) implements Disturbance {}
  }

  private static final List<Disturbance.MessageFault> MESSAGE_FAULTS =
      List.of(
          new Disturbance.MessageFault("LOST", Fate.DROP),
          new Disturbance.MessageFault("LATE", new Fate.Delay(Duration.ofSeconds(6), true)),
          new Disturbance.MessageFault("TWICE", Fate.DUPLICATE),
          new Disturbance.MessageFault("BROKEN_BEFORE", Fate.BREAK_BEFORE),
          new Disturbance.MessageFault("BROKEN_AFTER", Fate.BREAK_AFTER));

  /** One run; without a message any of them may suffer any fault. */
  private record Cell(
      @Nullable Kind message, @Nullable Disturbance disturbance, End end, long seed) {
    @Override
    public String toString() {
      String what =
          switch (disturbance) {
            case null -> "ANY";
            case Disturbance.MessageFault(String name, Fate fate) -> message + "-" + name;
            case Disturbance.Crash(String host, boolean before, Duration downTime) ->
                "%s-%s-dies-%s-%s"
                    .formatted(
                        message,
                        host,
                        before ? "before" : "after",
                        downTime == null ? "ever" : downTime);
            case Disturbance.Partition(String one, String other, Duration time) ->
                "%s-%s-%s-apart-%s".formatted(message, one, other, time);
          };
      return what + "-" + end + "-" + seed;
    }
  }

  // K-011, K-018, K-024, A-024, I-031, X-015, X-017, B3, B40, B46
  @ParameterizedTest
  @EnumSource(End.class)
  void oneFaultOfAMessageDoesNotChangeTheOutcome(End end) {
    for (Kind message : EXCHANGE) {
      for (Disturbance.MessageFault messageFault : MESSAGE_FAULTS) {
        run(new Cell(message, messageFault, end, 1));
      }
    }
  }

  // K-019, K-020, K-021, K-022, I-016, I-030
  @ParameterizedTest
  @ValueSource(strings = {CopyMessages.SOURCE, CopyMessages.DESTINATION})
  void restartOfAServerAtAnyStepDelaysTheCopy(String host) {
    for (Kind message : STEPS) {
      for (boolean before : List.of(true, false)) {
        for (Duration downTime : List.of(Duration.ofMillis(200), Duration.ofSeconds(10))) {
          run(new Cell(message, new Disturbance.Crash(host, before, downTime), End.WHOLE, 1));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CopyMessages.SOURCE, CopyMessages.DESTINATION})
  void serverThatNeverRestartsEndsTheCopyCorrectly(String host) {
    for (Kind message : STEPS) {
      run(new Cell(message, new Disturbance.Crash(host, true, null), End.WHOLE, 1));
    }
  }

  // A-020, N-032
  @Test
  void clientKilledAtAnyStepLeavesNoState() {
    for (Kind message : STEPS) {
      for (boolean before : List.of(true, false)) {
        run(new Cell(message, new Disturbance.Crash("client", before, null), End.WHOLE, 1));
      }
    }
  }

  @Test
  void shortPartitionDelaysTheCopy() {
    for (List<String> pair : PAIRS) {
      for (Kind message : STEPS) {
        run(
            new Cell(
                message,
                new Disturbance.Partition(pair.get(0), pair.get(1), Duration.ofSeconds(5)),
                End.WHOLE,
                1));
      }
    }
  }

  @Test
  void partitionLongerThanALeaseEndsTheCopyCorrectly() {
    for (List<String> pair : PAIRS) {
      for (Kind message : STEPS) {
        run(
            new Cell(
                message,
                new Disturbance.Partition(pair.get(0), pair.get(1), MORE_THAN_A_LEASE),
                End.WHOLE,
                1));
      }
    }
  }

  private static final List<List<String>> PAIRS =
      List.of(
          List.of("client", CopyMessages.SOURCE),
          List.of("client", CopyMessages.DESTINATION),
          List.of(CopyMessages.SOURCE, CopyMessages.DESTINATION));

  @Test
  void everyCopyEndsCorrectlyUnderRandomFaults() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      for (End end : End.values()) {
        run(new Cell(null, null, end, seed));
      }
    }
  }

  @Test
  void everyMessageOfTheExchangeIsCovered() throws ExecutionException {
    Set<Kind> applied = EnumSet.noneOf(Kind.class);
    for (End end : List.of(End.WHOLE, End.CANCELLED_BY_USER)) {
      CopyTriple triple = new CopyTriple(1);
      CopyMessages messages = new CopyMessages();
      triple.world.faults(message -> {
        applied.add(messages.kindOf(message));
        return Fate.DELIVER;
      });
      Object outcome = outcome(triple, start(triple, end));
      if (outcome instanceof CopyResult result) {
        assertThat(result.serverToServer()).isTrue();
        assertThat(result.bytesThroughClient()).isZero();
      }
      triple.world.run(AFTERWARDS);
      triple.expectNothingHeld();
    }
    assertThat(applied).containsAll(EXCHANGE);
  }

  private static void run(Cell cell) {
    String only = System.getProperty(CELL);
    if (only != null && !only.equals(cell.toString())) {
      return;
    }
    List<CopyTriple> triples = new ArrayList<>();
    try {
      CopyTriple triple = new CopyTriple(cell.seed());
      triples.add(triple);
      triple.world.faults(plan(cell, triple));
      CopyHandle handle = start(triple, cell.end());
      if (cell.disturbance()
              instanceof Disturbance.Crash(String host, boolean before, Duration downTime)
          && host.equals("client")) {
        triple.world.run(AFTERWARDS);
      } else {
        long begin = triple.world.nanoTime();
        Object outcome = outcome(triple, handle);
        assertThat(Duration.ofNanos(triple.world.nanoTime() - begin)).isLessThan(TIME_MAX);
        expectCorrectOutcome(triple, cell, outcome);
        triple.world.run(AFTERWARDS);
      }
      restartKilledServer(cell, triple);
      triple.expectNothingHeld();
    } catch (ExecutionException | RuntimeException | AssertionError e) {
      throw new AssertionError(
          """
          cell %s fails: %s
          again with: mvn -Dquick -pl server -am test -Dtest=InterCopyFaultMatrixTest \
          -Dsurefire.failIfNoSpecifiedTests=false -D%s=%s
          network: %s\
          """
              .formatted(cell, e, CELL, cell, triples.isEmpty() ? "" : triples.getFirst().trace()),
          e);
    }
  }

  /** Restarts a killed server so that its resources can be counted. */
  private static void restartKilledServer(Cell cell, CopyTriple triple) {
    if (cell.disturbance()
            instanceof Disturbance.Crash(String host, boolean before, Duration downTime)
        && downTime == null
        && !host.equals("client")) {
      triple.server(host).restart();
    }
  }

  private static NetworkFaults plan(Cell cell, CopyTriple triple) {
    CopyMessages messages = new CopyMessages();
    Disturbance disturbance = cell.disturbance();
    if (disturbance == null) {
      SeededRandom random = new SeededRandom(cell.seed());
      return message ->
          messages.kindOf(message) != Kind.OTHER && random.nextInt(4) == 0
              ? MESSAGE_FAULTS.get(random.nextInt(MESSAGE_FAULTS.size())).fate()
              : Fate.DELIVER;
    }
    boolean[] applied = new boolean[1];
    return message -> {
      boolean applies = messages.kindOf(message) == cell.message() && !applied[0];
      applied[0] |= applies;
      return applies ? apply(disturbance, triple) : Fate.DELIVER;
    };
  }

  private static Fate apply(Disturbance disturbance, CopyTriple triple) {
    return switch (disturbance) {
      case Disturbance.MessageFault(String name, Fate fate) -> fate;
      case Disturbance.Crash(String host, boolean before, Duration downTime) -> {
        Duration when = before ? Duration.ZERO : Duration.ofMillis(50);
        triple.later(when, () -> triple.kill(host));
        if (downTime != null) {
          triple.later(when.plus(downTime), () -> triple.server(host).restart());
        }
        yield Fate.DELIVER;
      }
      case Disturbance.Partition(String one, String other, Duration time) -> {
        triple.partition(one, other, time);
        yield Fate.DELIVER;
      }
    };
  }

  private static CopyHandle start(CopyTriple triple, End end) {
    switch (end) {
      case SHORT -> triple.source.disk.fail(Operation.TRANSFER, 5, Status.IO);
      case EIO ->
          triple.source.disk.on(
              Operation.TRANSFER,
              5,
              () -> {
                triple.source.disk.failAll(Operation.TRANSFER, Status.IO);
                triple.source.disk.failAll(Operation.READ, Status.IO);
              });
      case ENOSPC ->
          triple.destination.disk.on(
              Operation.WRITE,
              3,
              () -> triple.destination.disk.failAll(Operation.WRITE, Status.NO_SPACE));
      case FAILED_SYNC -> triple.destination.disk.fail(Operation.SYNC, 1, Status.IO);
      default -> {}
    }
    CopyHandle handle = triple.startCopy();
    Duration halfway = Duration.ofMillis(1500);
    switch (end) {
      case CANCELLED_BY_USER -> triple.later(halfway, handle::cancel);
      case CANCELLED_BY_ADMINISTRATOR ->
          triple.later(
              halfway,
              () ->
                  triple
                      .destination
                      .nfs()
                      .copies()
                      .copies()
                      .forEach(copy -> {
                        var _ = triple.destination.nfs().copies().cancel(copy.id());
                      }));
      default -> {}
    }
    return handle;
  }

  /** Returns the result, or the exception with which the copy failed. */
  private static Object outcome(CopyTriple triple, CopyHandle handle) {
    try {
      return triple.await(handle.completion());
    } catch (ExecutionException failed) {
      @Nullable Throwable cause = failed.getCause();
      return cause == null ? failed : cause;
    }
  }

  private static void expectCorrectOutcome(CopyTriple triple, Cell cell, Object outcome) {
    switch (outcome) {
      case CopyResult result -> {
        assertThat(result.bytes()).isEqualTo(CopyTriple.SIZE);
        assertThat(triple.destination.content("copy")).isEqualTo(triple.content);
        assertThat(cell.end()).isNotIn(End.ENOSPC, End.EIO);
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
      case EIO, FAILED_SYNC -> reasons.add(NfsException.Reason.IO);
      case ENOSPC -> reasons.add(NfsException.Reason.NO_SPACE);
      case CANCELLED_BY_USER -> reasons.add(NfsException.Reason.CANCELLED);
      default -> {}
    }
    Set<Kind> startOfCopy =
        EnumSet.of(Kind.COPY_CALL, Kind.COPY_REPLY, Kind.NOTIFY_CALL, Kind.NOTIFY_REPLY);
    switch (cell.disturbance()) {
      case null -> reasons.add(NfsException.Reason.TIMED_OUT);
      case Disturbance.MessageFault(String name, Fate fate) -> {
        if (startOfCopy.contains(cell.message()) && fate.equals(Fate.DROP)) {
          // TCP does not lose single messages; a lost call or reply means a peer that does not
          // answer.
          reasons.add(NfsException.Reason.TIMED_OUT);
        }
      }
      case Disturbance.Crash(String host, boolean before, Duration downTime) -> {
        if (downTime == null) {
          reasons.addAll(EnumSet.allOf(NfsException.Reason.class));
        }
      }
      case Disturbance.Partition(String one, String other, Duration time) -> {
        if (time.equals(MORE_THAN_A_LEASE)) {
          reasons.addAll(EnumSet.allOf(NfsException.Reason.class));
        }
      }
    }
    return reasons;
  }
}
