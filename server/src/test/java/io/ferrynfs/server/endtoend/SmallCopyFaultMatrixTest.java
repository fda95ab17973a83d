package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.rpc.testkit.Fate;
import io.ferrynfs.rpc.testkit.NetworkFaults;
import io.ferrynfs.rpc.testkit.SeededRandom;
import io.ferrynfs.server.endtoend.CopyMessages.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Copies of small files from server to server, for which one COMPOUND has OPEN, COPY, COMMIT and
 * CLOSE. With every fault at every message and a restart of every server at every step, the copy
 * ends in time with a correct outcome, and no state remains anywhere.
 */
class SmallCopyFaultMatrixTest {
  private static final String CELL = "ferry.cell";
  private static final int SEEDS = Integer.getInteger("ferry.seeds", 40);
  private static final int BYTES = 16 << 10;
  private static final Duration TIME_MAX = Duration.ofMinutes(15);
  private static final Duration AFTERWARDS = Duration.ofSeconds(60);

  /** OTHER includes CLOSE at the source. */
  private static final Set<Kind> EXCHANGE =
      EnumSet.of(
          Kind.NOTIFY_CALL,
          Kind.NOTIFY_REPLY,
          Kind.LINK_CALL,
          Kind.LINK_REPLY,
          Kind.READ_CALL,
          Kind.READ_REPLY,
          Kind.COPY_CALL,
          Kind.COPY_REPLY,
          Kind.OTHER);

  private static final Map<String, Fate> FAULTS = new LinkedHashMap<>();

  static {
    FAULTS.put("LOST", Fate.DROP);
    FAULTS.put("LATE", new Fate.Delay(Duration.ofSeconds(6), true));
    FAULTS.put("TWICE", Fate.DUPLICATE);
    FAULTS.put("BROKEN_BEFORE", Fate.BREAK_BEFORE);
    FAULTS.put("BROKEN_AFTER", Fate.BREAK_AFTER);
  }

  @Test
  void copyWithoutFaultsIsOneCompoundToEachServerAndAnotherThatClosesTheSource() throws Exception {
    CopyTriple triple = new CopyTriple(1, BYTES);
    CopyMessages messages = new CopyMessages();
    List<Kind> calls = new ArrayList<>();
    triple.world.faults(message -> {
      Kind kind = messages.kindOf(message);
      if (message.isCall() && message.from().equals("client")) {
        calls.add(kind);
      }
      return Fate.DELIVER;
    });
    CopyResult result = triple.await(triple.startCopy().completion());
    assertThat(result.how()).isEqualTo(CopyResult.How.SYNCHRONOUS);
    assertThat(result.serverToServer()).isTrue();
    assertThat(triple.destination.content("copy")).isEqualTo(triple.content);
    assertThat(calls).containsExactly(Kind.NOTIFY_CALL, Kind.COPY_CALL, Kind.OTHER);
    triple.world.run(AFTERWARDS);
    triple.expectNothingHeld();
  }

  // K-018, K-024, I-031
  @Test
  void oneFaultOfAMessageDoesNotChangeTheOutcome() {
    for (Kind message : EXCHANGE) {
      FAULTS.forEach((name, fate) ->
          run(
              message + "-" + name,
              1,
              triple -> at(message, fate),
              // A lost call or reply means a peer that does not answer.
              fate.equals(Fate.DROP)
                  ? EnumSet.of(Reason.TIMED_OUT)
                  : EnumSet.noneOf(Reason.class)));
    }
  }

  // K-019, K-020, K-021, K-022
  @Test
  void restartOfAServerAtAnyStepDelaysTheCopy() {
    for (String host : List.of(CopyMessages.SOURCE, CopyMessages.DESTINATION)) {
      for (Kind message : EXCHANGE) {
        for (boolean before : new boolean[] {true, false}) {
          run(
              "%s-%s-dies-%s".formatted(message, host, before ? "before" : "after"),
              1,
              triple -> restarting(triple, message, host, before),
              EnumSet.noneOf(Reason.class));
        }
      }
    }
  }

  @Test
  void everyCopyEndsCorrectlyUnderRandomFaults() {
    List<Fate> fates = List.copyOf(FAULTS.values());
    for (long seed = 1; seed <= SEEDS; seed++) {
      SeededRandom random = new SeededRandom(seed);
      CopyMessages messages = new CopyMessages();
      run(
          "ANY-" + seed,
          seed,
          triple ->
              message ->
                  messages.kindOf(message) != Kind.OTHER && random.nextInt(4) == 0
                      ? fates.get(random.nextInt(fates.size()))
                      : Fate.DELIVER,
          EnumSet.of(Reason.TIMED_OUT));
    }
  }

  private static NetworkFaults at(Kind kind, Fate fate) {
    CopyMessages messages = new CopyMessages();
    boolean[] applied = new boolean[1];
    return message -> {
      boolean applies = messages.kindOf(message) == kind && !applied[0];
      applied[0] |= applies;
      return applies ? fate : Fate.DELIVER;
    };
  }

  private static NetworkFaults restarting(
      CopyTriple triple, Kind kind, String host, boolean before) {
    CopyMessages messages = new CopyMessages();
    boolean[] applied = new boolean[1];
    return message -> {
      if (messages.kindOf(message) == kind && !applied[0]) {
        applied[0] = true;
        Duration when = before ? Duration.ZERO : Duration.ofMillis(50);
        triple.later(when, () -> triple.kill(host));
        triple.later(when.plusMillis(200), () -> triple.server(host).restart());
      }
      return Fate.DELIVER;
    };
  }

  private static void run(
      String cell, long seed, Function<CopyTriple, NetworkFaults> plan, Set<Reason> permitted) {
    String only = System.getProperty(CELL);
    if (only != null && !only.equals(cell)) {
      return;
    }
    try {
      CopyTriple triple = new CopyTriple(seed, BYTES);
      triple.world.faults(plan.apply(triple));
      long begin = triple.world.nanoTime();
      expectCorrectOutcome(triple, triple.startCopy(), permitted);
      assertThat(Duration.ofNanos(triple.world.nanoTime() - begin)).isLessThan(TIME_MAX);
      triple.world.run(AFTERWARDS);
      triple.expectNothingHeld();
    } catch (ExecutionException | RuntimeException | AssertionError e) {
      throw new AssertionError(
          """
          cell %s fails: %s
          again with: mvn -Dquick -pl server -am test -Dtest=SmallCopyFaultMatrixTest \
          -Dsurefire.failIfNoSpecifiedTests=false -D%s=%s\
          """
              .formatted(cell, e, CELL, cell),
          e);
    }
  }

  private static void expectCorrectOutcome(
      CopyTriple triple, CopyHandle handle, Set<Reason> permitted) throws ExecutionException {
    CopyResult result;
    try {
      result = triple.await(handle.completion());
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof NfsException known) {
        assertThat(known.reason()).as("%s", known).isIn(permitted);
        return;
      }
      throw failed;
    }
    assertThat(result.bytes()).isEqualTo(BYTES);
    assertThat(triple.destination.content("copy")).isEqualTo(triple.content);
  }
}
