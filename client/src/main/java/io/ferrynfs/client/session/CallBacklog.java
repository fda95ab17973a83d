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
 * The calls without a slot: those of recovery, which are sent first, the ordinary ones, and those
 * that the server delayed. Not safe for use by several threads.
 */
final class CallBacklog {

  private final Deque<SessionCall> recovery = new ArrayDeque<>();
  private final Deque<SessionCall> ordinary = new ArrayDeque<>();
  private final Set<SessionCall> delayed = new LinkedHashSet<>();

  void add(SessionCall call) {
    (call.recovery ? recovery : ordinary).addLast(call);
  }

  /** Adds a call before all others of its kind. */
  void addFirst(SessionCall call) {
    (call.recovery ? recovery : ordinary).addFirst(call);
  }

  /** Adds a delayed call, for {@link #resubmit}. */
  void delay(SessionCall call) {
    delayed.add(call);
  }

  /** Moves a delayed call to the front. Returns false if the call has ended. */
  boolean resubmit(SessionCall call) {
    boolean waited = delayed.remove(call);
    if (waited) {
      addFirst(call);
    }
    return waited;
  }

  /** Returns the call that gets the next slot, without removing it. */
  @Nullable SessionCall first(boolean recoveryOnly) {
    SessionCall first = recovery.peekFirst();
    return first != null || recoveryOnly ? first : ordinary.peekFirst();
  }

  /** Removes the call of {@link #first}. */
  void removeFirst(SessionCall first) {
    (first.recovery ? recovery : ordinary).removeFirst();
  }

  /** Removes and returns the calls of recovery. */
  List<SessionCall> takeRecovery() {
    List<SessionCall> taken = new ArrayList<>(recovery);
    recovery.clear();
    return taken;
  }

  /** Removes and returns the calls that match. */
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

  boolean hasOperations() {
    return calls().anyMatch(SessionCall::hasOperations);
  }

  boolean isEmpty() {
    return recovery.isEmpty() && ordinary.isEmpty() && delayed.isEmpty();
  }
}
