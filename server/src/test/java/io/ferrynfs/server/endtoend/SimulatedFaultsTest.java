package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.rpc.testkit.Fate;
import io.ferrynfs.rpc.testkit.NetworkFaults;
import io.ferrynfs.rpc.testkit.SeededRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Client and server in one thread under random faults; the same seed gives the same run. */
class SimulatedFaultsTest {
  private static final int SEEDS = Integer.getInteger("ferry.seeds", 40);
  private static final String SEED = "ferry.seed";
  private static final int LANES = 3;
  private static final int STEPS = 40;

  /** Longer than the lease and shorter than the client's progress timeout. */
  private static final int DOWN_MILLIS_MAX = 60_000;

  private static final int PER_MILLE = 1000;

  /** The faults of a run. */
  private record Faults(
      int breaksPerMille, int delaysPerMille, int kills, int powerOffs, int partitions) {

    boolean endsSessions() {
      return kills + powerOffs + partitions > 0;
    }
  }

  @Test
  void contentsEqualTheModelWithoutFaults() {
    eachSeed("contentsEqualTheModelWithoutFaults", new Faults(0, 0, 0, 0, 0));
  }

  @Test
  void brokenAndStalledConnectionsExecuteEachOperationOnce() {
    eachSeed("brokenAndStalledConnectionsExecuteEachOperationOnce", new Faults(15, 50, 0, 0, 0));
  }

  @Test
  void killOfTheServerLosesNoDurableDataAndCompletesAllCalls() {
    eachSeed("killOfTheServerLosesNoDurableDataAndCompletesAllCalls", new Faults(5, 20, 3, 0, 0));
  }

  @Test
  void workContinuesAfterPowerOrNetworkFailuresLongerThanTheLease() {
    eachSeed(
        "workContinuesAfterPowerOrNetworkFailuresLongerThanTheLease", new Faults(5, 20, 0, 1, 2));
  }

  @Test
  void sameSeedGivesTheSameRun() throws ExecutionException {
    Faults faults = new Faults(15, 50, 1, 1, 1);
    SimulatedPair first = new SimulatedPair(SEEDS);
    SimulatedPair second = new SimulatedPair(SEEDS);
    runLanes(first, SEEDS, faults, new ArrayList<>());
    runLanes(second, SEEDS, faults, new ArrayList<>());
    assertThat(second.trace()).isEqualTo(first.trace());
  }

  private static void eachSeed(String test, Faults faults) {
    long only = Long.getLong(SEED, -1);
    long first = only < 0 ? 1 : only;
    long last = only < 0 ? SEEDS : only;
    for (long seed = first; seed <= last; seed++) {
      run(test, seed, faults);
    }
  }

  private static void run(String test, long seed, Faults faults) {
    SimulatedPair pair = new SimulatedPair(seed);
    List<Workload> lanes = new ArrayList<>();
    try {
      runLanes(pair, seed, faults, lanes);
    } catch (ExecutionException | RuntimeException | AssertionError e) {
      Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
      throw new AssertionError(
          """
          seed %d fails: %s
          again with: mvn -Dquick -pl server -am test -Dtest=SimulatedFaultsTest#%s \
          -Dsurefire.failIfNoSpecifiedTests=false -D%s=%d
          steps: %s
          network: %s\
          """
              .formatted(
                  seed,
                  cause,
                  test,
                  SEED,
                  seed,
                  lanes.stream().map(Workload::history).toList(),
                  String.join("\n", pair.trace())),
          cause);
    }
  }

  private static void runLanes(SimulatedPair pair, long seed, Faults faults, List<Workload> lanes)
      throws ExecutionException {
    SeededRandom random = new SeededRandom(~seed);
    NfsClient client = pair.connect();
    pair.faults(plan(faults, random));
    for (int i = 0; i < faults.kills(); i++) {
      Duration down = Duration.ofMillis(random.nextInt(3000));
      pair.later(startTime(random), () -> pair.killServer(down));
    }
    for (int i = 0; i < faults.powerOffs(); i++) {
      Duration down = Duration.ofMillis(random.nextInt(DOWN_MILLIS_MAX));
      pair.later(startTime(random), () -> pair.powerOffServer(down));
    }
    for (int i = 0; i < faults.partitions(); i++) {
      Duration time = Duration.ofMillis(random.nextInt(DOWN_MILLIS_MAX));
      pair.later(startTime(random), () -> pair.partition(time));
    }
    List<CompletableFuture<Void>> runs = new ArrayList<>();
    for (int i = 0; i < LANES; i++) {
      Workload lane =
          new Workload(
              client, "/lane" + i, new SeededRandom(random.nextLong()), faults.endsSessions());
      lanes.add(lane);
      runs.add(lane.run(STEPS));
    }
    for (CompletableFuture<Void> run : runs) {
      pair.await(run);
    }
    pair.await(client.closeAsync());
    pair.expectNothingHeld();
  }

  private static Duration startTime(SeededRandom random) {
    return Duration.ofMillis(random.nextInt(2000));
  }

  private static NetworkFaults plan(Faults faults, SeededRandom random) {
    return message -> {
      int dice = random.nextInt(PER_MILLE);
      if (dice < faults.breaksPerMille()) {
        return random.nextInt(2) == 0 ? Fate.BREAK_BEFORE : Fate.BREAK_AFTER;
      }
      if (dice < faults.breaksPerMille() + faults.delaysPerMille()) {
        // Calls in different slots may arrive in any order, and replies may leave in any order.
        Duration by = Duration.ofMillis(random.nextInt(2000));
        return new Fate.Delay(by, random.nextInt(2) == 0);
      }
      return Fate.DELIVER;
    };
  }
}
