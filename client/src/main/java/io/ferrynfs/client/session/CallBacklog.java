package io.ferrynfs.client.session;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Calls without a slot: those of recovery, which go first, the ordinary ones, and those the server
 * has asked to come again later. Not safe for threads; the call queue guards it.
 */
final class CallBacklog {

  private final Deque<SessionCall> recovery = new ArrayDeque<>();
  private final Deque<SessionCall> ordinary = new ArrayDeque<>();
  private final Set<SessionCall> delayed = new LinkedHashSet<>();

  void add(SessionCall call) {
    (call.recovery ? recovery : ordinary).addLast(call);
  }

  /** Before all others of its kind. */
  void addFirst(SessionCall call) {
    (call.recovery ? recovery : ordinary).addFirst(call);
  }

  /** For {@link #comeAgain}. */
  void delay(SessionCall call) {
    delayed.add(call);
  }

  /** A delayed call is due, unless it has ended meanwhile. */
  boolean comeAgain(SessionCall call) {
    boolean waited = delayed.remove(call);
    if (waited) {
      addFirst(call);
    }
    return waited;
  }

  /** The call that is next to get a slot, which stays here. */
  @Nullable SessionCall first(boolean recoveryOnly) {
    SessionCall first = recovery.peekFirst();
    return first != null || recoveryOnly ? first : ordinary.peekFirst();
  }

  /** The call of {@link #first} has a slot. */
  void removeFirst(SessionCall first) {
    (first.recovery ? recovery : ordinary).removeFirst();
  }

  /** Takes the calls of recovery that wait for a slot. */
  List<SessionCall> takeRecovery() {
    List<SessionCall> taken = new ArrayList<>(recovery);
    recovery.clear();
    return taken;
  }

  /** Takes the calls that are too late. */
  List<SessionCall> take(Predicate<SessionCall> which) {
    List<SessionCall> taken = new ArrayList<>();
    for (var calls : List.of(recovery, ordinary, delayed)) {
      calls.removeIf(call -> which.test(call) && taken.add(call));
    }
    return taken;
  }

  Stream<SessionCall> calls() {
    return Stream.of(recovery, ordinary, delayed).flatMap(Collection::stream);
  }

  boolean isWaitedFor() {
    return calls().anyMatch(SessionCall::isWaitedFor);
  }

  boolean isEmpty() {
    return recovery.isEmpty() && ordinary.isEmpty() && delayed.isEmpty();
  }
}
