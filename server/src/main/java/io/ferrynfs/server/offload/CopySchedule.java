package io.ferrynfs.server.offload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
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
 * The order of copies. Clients take turns of one piece each, whatever the number of their copies
 * and whether these are synchronous. Of the copies of one client, the oldest is first. So a client
 * with a thousand copies delays only its own. A small copy of another client never waits until a
 * large one ends. No more files are written concurrently than there are clients and threads.
 *
 * <p>Pieces take about the same time ({@link RangeCopier}), so equal turns are equal shares of the
 * disk. The number of concurrent pieces of a volume is limited, so that a volume that hangs does
 * not occupy all threads.
 */
final class CopySchedule {
  private final CopyLimits limits;

  /** The clients with copies. The client whose turn is next is first. */
  @GuardedBy("this")
  private final SequencedMap<Long, Lane> lanes = new LinkedHashMap<>();

  @GuardedBy("this")
  private final Map<Volume, Integer> stepsByVolume = new HashMap<>();

  @GuardedBy("this")
  private int steps;

  @GuardedBy("this")
  private int jobs;

  @GuardedBy("this")
  private int synchronous;

  @GuardedBy("this")
  private boolean closed;

  CopySchedule(CopyLimits limits) {
    this.limits = limits;
  }

  /** The copies of one client. */
  private static final class Lane {
    /** Copies that are ready for a piece, oldest first. */
    final Deque<CopyJob> waiting = new ArrayDeque<>();

    /** Copies that wait for {@link #resume}. */
    final Set<CopyJob> paused = new HashSet<>();

    /** The number of asynchronous copies whose files are not closed yet. */
    int active;

    /** The number of synchronous copies. */
    int synchronous;

    /** The number of copies that have ended and whose outcome the client does not know. */
    int unreported;

    boolean isEmpty() {
      return active == 0 && synchronous == 0 && unreported == 0;
    }
  }

  /**
   * Reserves room for a copy. {@link #enter} or {@link #release} must follow.
   *
   * @return false at one of the limits
   */
  synchronized boolean reserve(long clientid) {
    Lane lane = lanes.get(clientid);
    if (closed
        || jobs >= limits.jobsMax()
        || (lane != null
            && (lane.active >= limits.jobsPerClientMax()
                || lane.unreported >= limits.resultsPerClientMax()))) {
      return false;
    }
    lanes.computeIfAbsent(clientid, _ -> new Lane()).active++;
    jobs++;
    return true;
  }

  /** Reserves room for a synchronous copy. */
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

  /** Releases the room of a copy that could not begin. */
  synchronized void release(CopyJob job) {
    ended(job, false);
  }

  /**
   * Queues a copy with reserved room for its first piece.
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

  /**
   * Returns the copy whose piece is next and counts its piece as running; null if there is none or
   * if the maximum number of pieces is running.
   */
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

  @GuardedBy("this")
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

  /** Records the end of a piece. The next piece of the copy follows only after {@link #requeue}. */
  synchronized void stepped(CopyJob job) {
    steps--;
    stepsByVolume.computeIfPresent(job.volume(), (_, count) -> count == 1 ? null : count - 1);
  }

  /**
   * Queues a copy for its next piece, before the other copies of its client.
   *
   * @param pausing whether it waits for {@link #resume} first
   */
  synchronized void requeue(CopyJob job, boolean pausing) {
    Lane lane = laneOf(job.clientid());
    if (pausing) {
      lane.paused.add(job);
    } else {
      lane.waiting.addFirst(job);
    }
  }

  /** Ends the pause of a copy, unless the copy was withdrawn. */
  synchronized void resume(CopyJob job) {
    Lane lane = lanes.get(job.clientid());
    if (lane != null && lane.paused.remove(job)) {
      lane.waiting.addFirst(job);
    }
  }

  /** Removes a copy from the queue; returns false if it is not in the queue. */
  synchronized boolean withdraw(CopyJob job) {
    Lane lane = lanes.get(job.clientid());
    return lane != null && (lane.waiting.remove(job) || lane.paused.remove(job));
  }

  /**
   * Releases the room of a copy that has ended. An outcome that must be reported occupies other
   * room.
   */
  synchronized void ended(CopyJob job, boolean toBeReported) {
    Lane lane = laneOf(job.clientid());
    if (job.isSynchronous()) {
      synchronous--;
      lane.synchronous--;
    } else {
      jobs--;
      lane.active--;
    }
    lane.unreported += toBeReported ? 1 : 0;
    forgetIfEmpty(job.clientid(), lane);
  }

  /** Releases the room of an outcome that the client knows or will never know. */
  synchronized void reported(CopyJob job) {
    Lane lane = laneOf(job.clientid());
    lane.unreported--;
    forgetIfEmpty(job.clientid(), lane);
  }

  /** Rejects further copies. */
  synchronized void close() {
    closed = true;
  }

  /** Returns the number of pieces that are being copied now. */
  synchronized int steps() {
    return steps;
  }

  /** Returns the number of clients with copies, including copies that have ended. */
  synchronized int lanes() {
    return lanes.size();
  }

  @GuardedBy("this")
  private Lane laneOf(long clientid) {
    Lane lane = lanes.get(clientid);
    if (lane == null) {
      throw new IllegalStateException("no copy of client " + clientid);
    }
    return lane;
  }

  @GuardedBy("this")
  private void forgetIfEmpty(long clientid, Lane lane) {
    if (lane.isEmpty()) {
      lanes.remove(clientid);
    }
  }
}
