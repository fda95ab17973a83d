package io.ferrynfs.server.offload;

import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.storage.Volume;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is. Clients take turns, a piece each, however many copies they have asked for and
 * whether they wait for the reply or for a callback; of one client's copies the oldest goes first.
 * So a client that asks for a thousand copies slows down its own, a small copy of another never
 * waits for a large one to end, and no more files are written side by side than there are clients
 * and threads.
 *
 * <p>Pieces take about the same time ({@link RangeCopier}), so equal turns are equal shares of the
 * disk. A volume has no more pieces at once than its bound: one that hangs does not take the
 * threads of the others with it.
 */
final class CopySchedule {
  private final CopyLimits limits;

  // All guarded by this.

  /** The clients with a copy here, the one whose turn comes next first. */
  private final SequencedMap<Long, Lane> lanes = new LinkedHashMap<>();

  private final Map<Volume, Integer> stepsByVolume = new HashMap<>();
  private int steps;
  private int jobs;
  private int synchronous;
  private boolean closed;

  CopySchedule(CopyLimits limits) {
    this.limits = limits;
  }

  /** The copies of one client. */
  private static final class Lane {
    /** Neither ended nor being worked on, oldest first. */
    final Deque<CopyJob> waiting = new ArrayDeque<>();

    /** Neither ended nor being worked on, and not to be for a moment. */
    final Set<CopyJob> paused = new HashSet<>();

    /** Waiting, worked on, being made durable, or not closed yet. */
    int active;

    /** The same, of which the client waits for the reply. */
    int synchronous;

    /** Ended, and the client does not know yet. */
    int untold;

    boolean isEmpty() {
      return active == 0 && synchronous == 0 && untold == 0;
    }
  }

  /**
   * Takes room for a copy, which {@link #enter} is to follow, or {@link #giveUp}.
   *
   * @return false at one of the limits
   */
  synchronized boolean reserve(long clientid) {
    Lane lane = lanes.get(clientid);
    if (closed
        || jobs >= limits.jobsMax()
        || (lane != null
            && (lane.active >= limits.jobsPerClientMax()
                || lane.untold >= limits.resultsPerClientMax()))) {
      return false;
    }
    lanes.computeIfAbsent(clientid, _ -> new Lane()).active++;
    jobs++;
    return true;
  }

  /** The same for a copy whose client waits for the reply. */
  synchronized boolean reserveSynchronous(long clientid) {
    Lane lane = lanes.get(clientid);
    if (closed
        || synchronous >= limits.synchronousMax()
        || (lane != null && lane.synchronous >= limits.synchronousPerClientMax())) {
      return false;
    }
    lanes.computeIfAbsent(clientid, _ -> new Lane()).synchronous++;
    synchronous++;
    return true;
  }

  /** The room is not needed after all. */
  synchronized void giveUp(CopyJob job) {
    ended(job, false);
  }

  /**
   * Queues a copy that has room for its first turn.
   *
   * @param pausing whether it waits for {@link #resume} first
   */
  synchronized void enter(CopyJob job, boolean pausing) {
    Lane lane = laneOf(job.clientid());
    if (pausing) {
      lane.paused.add(job);
    } else {
      lane.waiting.addLast(job);
    }
  }

  /** The copy whose piece comes next, now worked on; null when none may or no thread is left. */
  synchronized @Nullable CopyJob next() {
    if (steps >= limits.stepsMax()) {
      return null;
    }
    for (Map.Entry<Long, Lane> entry : lanes.entrySet()) {
      CopyJob job = firstReady(entry.getValue());
      if (job != null) {
        steps++;
        stepsByVolume.merge(job.volume(), 1, Integer::sum);
        lanes.putLast(entry.getKey(), entry.getValue());
        return job;
      }
    }
    return null;
  }

  private @Nullable CopyJob firstReady(Lane lane) {
    for (Iterator<CopyJob> waiting = lane.waiting.iterator(); waiting.hasNext(); ) {
      CopyJob job = waiting.next();
      if (stepsByVolume.getOrDefault(job.volume(), 0) < limits.stepsPerVolumeMax()) {
        waiting.remove();
        return job;
      }
    }
    return null;
  }

  /** The piece of a copy is done, and no other one comes before {@link #backInLine} or the end. */
  synchronized void stepped(CopyJob job) {
    steps--;
    stepsByVolume.computeIfPresent(job.volume(), (_, count) -> count == 1 ? null : count - 1);
  }

  /**
   * The copy has more pieces: its client's oldest one, so the next of that client.
   *
   * @param pausing whether it waits for {@link #resume} first
   */
  synchronized void backInLine(CopyJob job, boolean pausing) {
    Lane lane = laneOf(job.clientid());
    if (pausing) {
      lane.paused.add(job);
    } else {
      lane.waiting.addFirst(job);
    }
  }

  /** The pause of a copy is over, unless it was withdrawn. */
  synchronized void resume(CopyJob job) {
    Lane lane = lanes.get(job.clientid());
    if (lane != null && lane.paused.remove(job)) {
      lane.waiting.addFirst(job);
    }
  }

  /** Takes a copy out of the line; false when it is not in it. */
  synchronized boolean withdraw(CopyJob job) {
    Lane lane = lanes.get(job.clientid());
    return lane != null && (lane.waiting.remove(job) || lane.paused.remove(job));
  }

  /** The copy has ended: its room is free. When the client is to be told, that takes other room. */
  synchronized void ended(CopyJob job, boolean toBeTold) {
    Lane lane = laneOf(job.clientid());
    if (job.isSynchronous()) {
      synchronous--;
      lane.synchronous--;
    } else {
      jobs--;
      lane.active--;
    }
    lane.untold += toBeTold ? 1 : 0;
    forgetIfEmpty(job.clientid(), lane);
  }

  /** The client knows how a copy ended, or will never know. */
  synchronized void told(CopyJob job) {
    Lane lane = laneOf(job.clientid());
    lane.untold--;
    forgetIfEmpty(job.clientid(), lane);
  }

  /** Nothing is admitted any more. */
  synchronized void close() {
    closed = true;
  }

  /** How many pieces are being copied now. */
  synchronized int steps() {
    return steps;
  }

  /** How many clients have copies here, ended ones included. */
  synchronized int lanes() {
    return lanes.size();
  }

  private Lane laneOf(long clientid) {
    Lane lane = lanes.get(clientid);
    if (lane == null) {
      throw new IllegalStateException("no copy of client " + clientid);
    }
    return lane;
  }

  private void forgetIfEmpty(long clientid, Lane lane) {
    if (lane.isEmpty()) {
      lanes.remove(clientid);
    }
  }
}
