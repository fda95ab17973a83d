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
 * Copies from server to server, with every message meeting every mishap, every party dying at every
 * step, and every two of them losing sight of each other at every step. In each cell the caller's
 * future completes, in time and with the truth, and nothing is left over anywhere.
 */
class InterCopyFaultMatrixTest {
  private static final String CELL = "ferry.cell";
  private static final int SEEDS = Integer.getInteger("ferry.seeds", 20);

  /** No cell takes longer, in the time of its world; most take seconds. */
  private static final Duration TIME_MAX = Duration.ofMinutes(15);

  /** For what is done in the background, and may meet a mishap too. */
  private static final Duration AFTERWARDS = Duration.ofSeconds(60);

  private static final Duration A_LEASE_AND_MORE =
      Duration.ofSeconds(3 * SimulatedServer.LEASE_SECONDS);

  private static final Set<Kind> EXCHANGE = EnumSet.complementOf(EnumSet.of(Kind.OTHER));

  /** The steps of a copy that nothing disturbs. */
  private static final Set<Kind> STEPS = EnumSet.range(Kind.NOTIFY_CALL, Kind.READ_REPLY);

  static {
    STEPS.addAll(EnumSet.range(Kind.COPY_CALL, Kind.CB_OFFLOAD_REPLY));
  }

  /** How the copy ends by itself. */
  enum End {
    WHOLE,
    /** The source's disk fails once. */
    SHORT,
    /** The source's disk fails from then on. */
    EIO,
    ENOSPC,
    FAILED_SYNC,
    CANCELLED_BY_USER,
    CANCELLED_BY_ADMINISTRATOR
  }

  /** What happens at a message. */
  private sealed interface Trouble {
    /** The message's own fate. */
    record Mishap(String name, Fate fate) implements Trouble {}

    /** A party dies before or after the message arrives, and comes back or never does. */
    record Death(String host, boolean before, @Nullable Duration back) implements Trouble {}

    /** Two lose sight of each other. */
    record Partition(String one, String other, Duration time) implements Trouble {}
  }

  private static final List<Trouble.Mishap> MISHAPS =
      List.of(
          new Trouble.Mishap("LOST", Fate.DROP),
          new Trouble.Mishap("LATE", new Fate.Delay(Duration.ofSeconds(6), true)),
          new Trouble.Mishap("TWICE", Fate.DUPLICATE),
          new Trouble.Mishap("BROKEN_BEFORE", Fate.BREAK_BEFORE),
          new Trouble.Mishap("BROKEN_AFTER", Fate.BREAK_AFTER));

  /** One run; without a message any of them may meet any mishap. */
  private record Cell(@Nullable Kind message, @Nullable Trouble trouble, End end, long seed) {
    @Override
    public String toString() {
      String what =
          switch (trouble) {
            case null -> "ANY";
            case Trouble.Mishap(String name, Fate fate) -> message + "-" + name;
            case Trouble.Death(String host, boolean before, Duration back) ->
                "%s-%s-dies-%s-%s"
                    .formatted(
                        message, host, before ? "before" : "after", back == null ? "ever" : back);
            case Trouble.Partition(String one, String other, Duration time) ->
                "%s-%s-%s-apart-%s".formatted(message, one, other, time);
          };
      return what + "-" + end + "-" + seed;
    }
  }

  // K-011, K-018, K-024, A-024, I-031, X-015, X-017, B3, B40, B46
  @ParameterizedTest
  @EnumSource(End.class)
  void aMessageThatMeetsAMishapOnceChangesNothingOfTheOutcome(End end) {
    for (Kind message : EXCHANGE) {
      for (Trouble.Mishap mishap : MISHAPS) {
        run(new Cell(message, mishap, end, 1));
      }
    }
  }

  // K-019, K-020, K-021, K-022, I-016, I-030
  @ParameterizedTest
  @ValueSource(strings = {CopyMessages.SOURCE, CopyMessages.DESTINATION})
  void aServerThatDiesAtAnyStepAndComesBackDelaysTheCopy(String host) {
    for (Kind message : STEPS) {
      for (boolean before : List.of(true, false)) {
        for (Duration back : List.of(Duration.ofMillis(200), Duration.ofSeconds(10))) {
          run(new Cell(message, new Trouble.Death(host, before, back), End.WHOLE, 1));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CopyMessages.SOURCE, CopyMessages.DESTINATION})
  void aServerThatDiesForGoodEndsTheCopyWithTheTruth(String host) {
    for (Kind message : STEPS) {
      run(new Cell(message, new Trouble.Death(host, true, null), End.WHOLE, 1));
    }
  }

  // A-020, N-032
  @Test
  void aClientThatDiesAtAnyStepLeavesNothingBehind() {
    for (Kind message : STEPS) {
      for (boolean before : List.of(true, false)) {
        run(new Cell(message, new Trouble.Death("client", before, null), End.WHOLE, 1));
      }
    }
  }

  @Test
  void twoThatLoseSightOfEachOtherForAWhileDelayTheCopy() {
    for (List<String> pair : PAIRS) {
      for (Kind message : STEPS) {
        run(
            new Cell(
                message,
                new Trouble.Partition(pair.get(0), pair.get(1), Duration.ofSeconds(5)),
                End.WHOLE,
                1));
      }
    }
  }

  @Test
  void twoThatLoseSightOfEachOtherForMoreThanALeaseEndTheCopyWithTheTruth() {
    for (List<String> pair : PAIRS) {
      for (Kind message : STEPS) {
        run(
            new Cell(
                message,
                new Trouble.Partition(pair.get(0), pair.get(1), A_LEASE_AND_MORE),
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
  void underManyMishapsEveryCopyEndsWithTheTruth() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      for (End end : End.values()) {
        run(new Cell(null, null, end, seed));
      }
    }
  }

  @Test
  void everyMessageOfTheExchangeIsMet() throws ExecutionException {
    Set<Kind> met = EnumSet.noneOf(Kind.class);
    for (End end : List.of(End.WHOLE, End.CANCELLED_BY_USER)) {
      CopyTriple triple = new CopyTriple(1);
      CopyMessages messages = new CopyMessages();
      triple.world.faults(message -> {
        met.add(messages.kindOf(message));
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
    assertThat(met).containsAll(EXCHANGE);
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
      if (cell.trouble() instanceof Trouble.Death(String host, boolean before, Duration back)
          && host.equals("client")) {
        triple.world.run(AFTERWARDS);
      } else {
        long begin = triple.world.nanoTime();
        Object outcome = outcome(triple, handle);
        assertThat(Duration.ofNanos(triple.world.nanoTime() - begin)).isLessThan(TIME_MAX);
        expectTruth(triple, cell, outcome);
        triple.world.run(AFTERWARDS);
      }
      reviveTheDead(cell, triple);
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

  /** So that what it holds can be counted. */
  private static void reviveTheDead(Cell cell, CopyTriple triple) {
    if (cell.trouble() instanceof Trouble.Death(String host, boolean before, Duration back)
        && back == null
        && !host.equals("client")) {
      triple.server(host).restart();
    }
  }

  private static NetworkFaults plan(Cell cell, CopyTriple triple) {
    CopyMessages messages = new CopyMessages();
    Trouble trouble = cell.trouble();
    if (trouble == null) {
      SeededRandom random = new SeededRandom(cell.seed());
      return message ->
          messages.kindOf(message) != Kind.OTHER && random.nextInt(4) == 0
              ? MISHAPS.get(random.nextInt(MISHAPS.size())).fate()
              : Fate.DELIVER;
    }
    boolean[] met = new boolean[1];
    return message -> {
      boolean meets = messages.kindOf(message) == cell.message() && !met[0];
      met[0] |= meets;
      return meets ? happens(trouble, triple) : Fate.DELIVER;
    };
  }

  private static Fate happens(Trouble trouble, CopyTriple triple) {
    return switch (trouble) {
      case Trouble.Mishap(String name, Fate fate) -> fate;
      case Trouble.Death(String host, boolean before, Duration back) -> {
        Duration when = before ? Duration.ZERO : Duration.ofMillis(50);
        triple.later(when, () -> triple.kill(host));
        if (back != null) {
          triple.later(when.plus(back), () -> triple.server(host).restart());
        }
        yield Fate.DELIVER;
      }
      case Trouble.Partition(String one, String other, Duration time) -> {
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
    Duration inTheMiddle = Duration.ofMillis(1500);
    switch (end) {
      case CANCELLED_BY_USER -> triple.later(inTheMiddle, handle::cancel);
      case CANCELLED_BY_ADMINISTRATOR ->
          triple.later(
              inTheMiddle,
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

  /** The result, or the exception that there is instead. */
  private static Object outcome(CopyTriple triple, CopyHandle handle) {
    try {
      return triple.await(handle.completion());
    } catch (ExecutionException failed) {
      @Nullable Throwable cause = failed.getCause();
      return cause == null ? failed : cause;
    }
  }

  private static void expectTruth(CopyTriple triple, Cell cell, Object outcome) {
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

  /** What a copy that did not come to its end may honestly say. */
  private static Set<NfsException.Reason> reasons(Cell cell) {
    Set<NfsException.Reason> reasons = EnumSet.noneOf(NfsException.Reason.class);
    switch (cell.end()) {
      case EIO, FAILED_SYNC -> reasons.add(NfsException.Reason.IO);
      case ENOSPC -> reasons.add(NfsException.Reason.NO_SPACE);
      case CANCELLED_BY_USER -> reasons.add(NfsException.Reason.CANCELLED);
      default -> {}
    }
    Set<Kind> asked =
        EnumSet.of(Kind.COPY_CALL, Kind.COPY_REPLY, Kind.NOTIFY_CALL, Kind.NOTIFY_REPLY);
    switch (cell.trouble()) {
      case null -> reasons.add(NfsException.Reason.TIMED_OUT);
      case Trouble.Mishap(String name, Fate fate) -> {
        if (asked.contains(cell.message()) && fate.equals(Fate.DROP)) {
          // TCP loses nothing; a peer that swallows a call or a reply is one that does not answer.
          reasons.add(NfsException.Reason.TIMED_OUT);
        }
      }
      case Trouble.Death(String host, boolean before, Duration back) -> {
        if (back == null) {
          reasons.addAll(EnumSet.allOf(NfsException.Reason.class));
        }
      }
      case Trouble.Partition(String one, String other, Duration time) -> {
        if (time.equals(A_LEASE_AND_MORE)) {
          reasons.addAll(EnumSet.allOf(NfsException.Reason.class));
        }
      }
    }
    return reasons;
  }
}
