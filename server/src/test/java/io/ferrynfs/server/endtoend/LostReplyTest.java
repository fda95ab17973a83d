package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.rpc.testkit.Fate;
import io.ferrynfs.rpc.testkit.NetworkFaults;
import io.ferrynfs.rpc.testkit.SeededRandom;
import io.ferrynfs.rpc.testkit.SimMessage;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * A workload with every kind of operation, which runs once for each of its messages with a fault at
 * that message.
 */
class LostReplyTest {
  private static final long SEED = 7;

  /** A fault at the chosen message. */
  private interface FaultInjector {
    Fate to(SimulatedPair pair);
  }

  @Test
  void replyLostWithItsConnectionIsReplayedFromTheReplyCache() {
    forEachMessage(message -> !message.isCall(), pair -> Fate.BREAK_BEFORE, false);
  }

  @Test
  void callWhoseConnectionBreaksOnArrivalIsExecutedOnce() {
    forEachMessage(SimMessage::isCall, pair -> Fate.BREAK_AFTER, false);
  }

  @Test
  void callLostWithItsConnectionIsSentAgain() {
    forEachMessage(SimMessage::isCall, pair -> Fate.BREAK_BEFORE, false);
  }

  @Test
  void serverKilledBeforeACallKeepsTheDataOrReportsTheLoss() {
    forEachMessage(SimMessage::isCall, LostReplyTest::kill, true);
  }

  @Test
  void serverKilledBeforeAReplyArrivesKeepsTheDataOrReportsTheLoss() {
    forEachMessage(message -> !message.isCall(), LostReplyTest::kill, true);
  }

  private static Fate kill(SimulatedPair pair) {
    pair.later(Duration.ZERO, () -> pair.killServer(Duration.ofSeconds(1)));
    return Fate.DELIVER;
  }

  private static void forEachMessage(
      Predicate<SimMessage> kind, FaultInjector injector, boolean isKill) {
    int messages = run(kind, -1, injector, isKill);
    assertThat(messages).isGreaterThan(50);
    for (int chosen = 0; chosen < messages; chosen++) {
      run(kind, chosen, injector, isKill);
    }
  }

  /** Returns the number of messages of the kind. */
  private static int run(
      Predicate<SimMessage> kind, int chosen, FaultInjector injector, boolean isKill) {
    SimulatedPair pair = new SimulatedPair(SEED);
    int[] seen = new int[1];
    String[] hit = {"none"};
    NetworkFaults plan =
        message -> {
          if (!kind.test(message) || seen[0]++ != chosen) {
            return Fate.DELIVER;
          }
          hit[0] = message.toString();
          return injector.to(pair);
        };
    try {
      NfsClient client = pair.connect();
      pair.faults(plan);
      Workload workload = new Workload(client, "/dir", new SeededRandom(SEED), isKill);
      try {
        pair.await(workload.runOfEach());
        pair.await(client.closeAsync());
        pair.expectNothingHeld();
      } catch (ExecutionException | RuntimeException | AssertionError e) {
        throw new AssertionError(
            "message %d (%s): %s%nsteps %s%nnetwork %s"
                .formatted(chosen, hit[0], e, workload.history(), String.join("\n", pair.trace())),
            e);
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
    return seen[0];
  }
}
