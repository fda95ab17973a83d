package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.testkit.Fate;
import io.ferrynfs.rpc.testkit.NetworkFaults;
import io.ferrynfs.rpc.testkit.SeededRandom;
import io.ferrynfs.server.endtoend.StateMessages.Kind;
import io.ferrynfs.server.endtoend.StateMessages.Point;
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
 * Two clients that lock, cache and change the same files, and their server, with every fault at
 * every message about opens, locks and delegations, including a kill of each process. No increment
 * is lost, so no two clients hold a lock at once; no client sees stale data; everything ends in
 * time with a correct outcome; and no state remains after the leases.
 */
class StateFaultMatrixTest {
  private static final String CELL = "ferry.cell";
  private static final int SEEDS = Integer.getInteger("ferry.seeds", 40);
  private static final int FAULTS_PER_MILLE = 60;

  /** What happens to a message, or to a process as soon as the message is sent. */
  enum StateFault {
    LOST(Fate.DROP),
    LATE(new Fate.Delay(Duration.ofSeconds(6), true)),
    TOO_LATE(new Fate.Delay(Duration.ofSeconds(SimulatedServer.LEASE_SECONDS + 5), true)),
    TWICE(Fate.DUPLICATE),
    BROKEN_BEFORE(Fate.BREAK_BEFORE),
    BROKEN_AFTER(Fate.BREAK_AFTER),
    ALPHA_DIES(SharedWorld.ALPHA),
    BETA_DIES(SharedWorld.BETA),
    SERVER_DIES(SharedWorld.SERVER);

    private static final Set<StateFault> UNNOTICED =
        EnumSet.of(LATE, TWICE, BROKEN_BEFORE, BROKEN_AFTER);

    private final Fate fate;
    private final @Nullable String victim;

    StateFault(Fate fate) {
      this(fate, null);
    }

    StateFault(String victim) {
      this(Fate.DELIVER, victim);
    }

    StateFault(Fate fate, @Nullable String victim) {
      this.fate = fate;
      this.victim = victim;
    }

    Fate apply(SharedWorld world) {
      String process = victim;
      if (process != null) {
        world.later(Duration.ZERO, () -> world.kill(process));
      }
      return fate;
    }
  }

  /** One run: a fault at one message, or random faults. */
  private record Cell(@Nullable Point at, @Nullable StateFault fault, long seed) {
    @Override
    public String toString() {
      return (at == null ? "ANY" : at + "-" + fault) + "-" + seed;
    }
  }

  // RFC 8881 sections 8.4, 9.5, 10.2, 10.4.5
  @ParameterizedTest
  @EnumSource(StateFault.class)
  void faultAtAnyMessageLosesNoUpdateAndShowsNoStaleData(StateFault fault)
      throws ExecutionException {
    for (Point at : points()) {
      run(new Cell(at, fault, 1));
    }
  }

  @Test
  void randomFaultsAndKillsLoseNoUpdateAndShowNoStaleData() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      run(new Cell(null, null, seed));
    }
  }

  @Test
  void everyMessageIsCoveredInBothDirections() throws ExecutionException {
    Set<Kind> calls = EnumSet.noneOf(Kind.class);
    Set<Kind> replies = EnumSet.noneOf(Kind.class);
    points().forEach(point -> (point.isReply() ? replies : calls).add(point.kind()));
    Set<Kind> withoutReclaim = EnumSet.complementOf(EnumSet.of(Kind.RECLAIM_COMPLETE));
    assertThat(calls).isEqualTo(withoutReclaim);
    assertThat(replies).isEqualTo(withoutReclaim);
  }

  @Test
  void sameSeedGivesTheSameRun() {
    Cell cell = new Cell(null, null, SEEDS);
    assertThat(trace(cell)).isNotEmpty().isEqualTo(trace(cell));
  }

  /** Returns the messages of a run without faults. */
  private static List<Point> points() throws ExecutionException {
    List<Point> points = new ArrayList<>();
    SharedWorld world = new SharedWorld(1, false);
    StateMessages messages = new StateMessages();
    world.faults(message -> {
      Point point = messages.pointOf(message);
      if (point != null) {
        points.add(point);
      }
      return Fate.DELIVER;
    });
    world.run();
    assertThat(world.failures()).isEqualTo(List.of(List.of(), List.of()));
    return points;
  }

  private static void run(Cell cell) {
    String only = System.getProperty(CELL);
    if (only != null && !only.equals(cell.toString())) {
      return;
    }
    try {
      play(cell, new SharedWorld(cell.seed(), false));
    } catch (ExecutionException | RuntimeException | AssertionError e) {
      throw new AssertionError(
          """
          cell %s fails: %s
          again with: mvn -Dquick -pl server -am test -Dtest=StateFaultMatrixTest \
          -Dsurefire.failIfNoSpecifiedTests=false -D%s=%s
          network: %s\
          """
              .formatted(cell, e, CELL, cell, String.join("\n", trace(cell))),
          e);
    }
  }

  private static void play(Cell cell, SharedWorld world) throws ExecutionException {
    world.faults(plan(cell, world));
    world.run();
    world.expectCorrectCounts();
    if (cell.fault() != null && StateFault.UNNOTICED.contains(cell.fault())) {
      assertThat(world.failures())
          .as("nothing that users notice")
          .isEqualTo(List.of(List.of(), List.of()));
    }
    world.expectNothingHeld();
  }

  /** Returns the trace of a run, whether it succeeds or fails. */
  private static List<String> trace(Cell cell) {
    List<String> lines = new ArrayList<>();
    try {
      SharedWorld world = new SharedWorld(cell.seed(), true);
      try {
        play(cell, world);
      } finally {
        lines.addAll(world.trace());
      }
    } catch (ExecutionException | RuntimeException | AssertionError known) {
      lines.add(String.valueOf(known));
    }
    return lines;
  }

  private static NetworkFaults plan(Cell cell, SharedWorld world) {
    StateMessages messages = new StateMessages();
    Point at = cell.at();
    StateFault fault = cell.fault();
    if (at != null && fault != null) {
      return message -> at.equals(messages.pointOf(message)) ? fault.apply(world) : Fate.DELIVER;
    }
    SeededRandom random = new SeededRandom(cell.seed());
    StateFault[] all = StateFault.values();
    return message ->
        messages.pointOf(message) != null && random.nextInt(1000) < FAULTS_PER_MILLE
            ? all[random.nextInt(all.length)].apply(world)
            : Fate.DELIVER;
  }
}
