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
 * Two clients that lock, cache and change the same files, and their server: every message about
 * opens, locks and delegations meets every mishap, and at each of them each party is killed. No two
 * hold a lock at once, for no count is lost; nobody believes what another has changed; everything
 * ends in time, with the truth; and after the leases nothing is left.
 */
class StateFaultMatrixTest {
  private static final String CELL = "ferry.cell";
  private static final int SEEDS = Integer.getInteger("ferry.seeds", 40);
  private static final int MISHAP_PER_MILLE = 60;

  /** What happens to a message, or to somebody as soon as it is sent. */
  enum Mishap {
    LOST(Fate.DROP),
    LATE(new Fate.Delay(Duration.ofSeconds(6), true)),
    TOO_LATE(new Fate.Delay(Duration.ofSeconds(SimulatedServer.LEASE_SECONDS + 5), true)),
    TWICE(Fate.DUPLICATE),
    BROKEN_BEFORE(Fate.BREAK_BEFORE),
    BROKEN_AFTER(Fate.BREAK_AFTER),
    ALPHA_DIES(SharedWorld.ALPHA),
    BETA_DIES(SharedWorld.BETA),
    SERVER_DIES(SharedWorld.SERVER);

    private static final Set<Mishap> UNNOTICED =
        EnumSet.of(LATE, TWICE, BROKEN_BEFORE, BROKEN_AFTER);

    private final Fate fate;
    private final @Nullable String victim;

    Mishap(Fate fate) {
      this(fate, null);
    }

    Mishap(String victim) {
      this(Fate.DELIVER, victim);
    }

    Mishap(Fate fate, @Nullable String victim) {
      this.fate = fate;
      this.victim = victim;
    }

    Fate happen(SharedWorld world) {
      String who = victim;
      if (who != null) {
        world.later(Duration.ZERO, () -> world.kill(who));
      }
      return fate;
    }
  }

  /** One run: a mishap at a message, or any at any. */
  private record Cell(@Nullable Point at, @Nullable Mishap mishap, long seed) {
    @Override
    public String toString() {
      return (at == null ? "ANY" : at + "-" + mishap) + "-" + seed;
    }
  }

  // RFC 8881 sections 8.4, 9.5, 10.2, 10.4.5
  @ParameterizedTest
  @EnumSource(Mishap.class)
  void whereverAMishapIsMetNothingIsLostAndNobodyIsDeceived(Mishap mishap)
      throws ExecutionException {
    for (Point at : points()) {
      run(new Cell(at, mishap, 1));
    }
  }

  @Test
  void underManyMishapsAndKillsNothingIsLostAndNobodyIsDeceived() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      run(new Cell(null, null, seed));
    }
  }

  @Test
  void everyMessageIsMetBothWays() throws ExecutionException {
    Set<Kind> calls = EnumSet.noneOf(Kind.class);
    Set<Kind> replies = EnumSet.noneOf(Kind.class);
    points().forEach(point -> (point.isReply() ? replies : calls).add(point.kind()));
    Set<Kind> withoutReclaim = EnumSet.complementOf(EnumSet.of(Kind.RECLAIM_COMPLETE));
    assertThat(calls).isEqualTo(withoutReclaim);
    assertThat(replies).isEqualTo(withoutReclaim);
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    Cell cell = new Cell(null, null, SEEDS);
    assertThat(trace(cell)).isNotEmpty().isEqualTo(trace(cell));
  }

  /** The messages of a run in which nothing happens. */
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
    world.expectTheCounts();
    if (cell.mishap() != null && Mishap.UNNOTICED.contains(cell.mishap())) {
      assertThat(world.failures())
          .as("nothing that users notice")
          .isEqualTo(List.of(List.of(), List.of()));
    }
    world.expectNothingHeld();
  }

  /** What happens on the network in a run, whether it ends well or not. */
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
    Mishap mishap = cell.mishap();
    if (at != null && mishap != null) {
      return message -> at.equals(messages.pointOf(message)) ? mishap.happen(world) : Fate.DELIVER;
    }
    SeededRandom random = new SeededRandom(cell.seed());
    Mishap[] all = Mishap.values();
    return message ->
        messages.pointOf(message) != null && random.nextInt(1000) < MISHAP_PER_MILLE
            ? all[random.nextInt(all.length)].happen(world)
            : Fate.DELIVER;
  }
}
