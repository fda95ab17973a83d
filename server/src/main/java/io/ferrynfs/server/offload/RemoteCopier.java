package io.ferrynfs.server.offload;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.source.ReadRoom;
import io.ferrynfs.server.source.SourceBytes;
import io.ferrynfs.server.source.SourceFailure;
import io.ferrynfs.server.source.SourceFailure.Kind;
import io.ferrynfs.server.source.SourceFile.Extent;
import io.ferrynfs.server.source.SourceFile.Piece;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Holes;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A copier of a range of a file of another server.
 *
 * <p>Several READs are in flight, each into its own {@link ReadRoom}. Replies arrive on the
 * connection of the source, whose thread only records them. A step writes the data that has arrived
 * at the front, in order, and sends further READs. So no thread waits for a source, and the source
 * reads while the disk writes.
 *
 * <p>If the source has holes, SEEK finds them ahead of the READs. Whatever a source replies,
 * nothing is written beyond the range, and the range ends at the size that the source had when it
 * was opened.
 */
final class RemoteCopier implements Copier {
  /**
   * The maximum number of bytes that one step writes. With 1 MiB in one call, ext4 uses large
   * folios from memory that is not in the cache, and twice the processor time
   * (docs/performance.md).
   */
  private static final long STEP_BYTES_MAX = 256 << 10;

  private static final long SMALL_STEP_BYTES = 64 << 10;

  /** The number of bytes after which the disk is asked to begin writing. */
  private static final long DISK_BYTES = 16 << 20;

  private static final int EMPTY_ANSWERS_MAX = 3;
  private static final int RUNS_KNOWN_MAX = 16;

  /** Bounds the memory because a source may report small holes faster than they are made here. */
  private static final int PARTS_MAX = 64;

  private final SourceBytes source;
  private final CopyRules rules;
  private final OpenFile target;
  private final CopyRange range;
  private final CopyBytes bytesOfAll;
  private final int readsMax;
  private final long pieceBytesMax;
  private volatile long copied;
  private volatile long moved;

  /** The end of the target bytes whose write-back has begun. Used only by the thread that steps. */
  private long begunTo;

  // Guarded by this. Positions are relative to the start of the range.

  /** The parts that were requested and are not written yet, in order. */
  private final Deque<Part> parts = new ArrayDeque<>();

  /** The known runs of the source after {@link #issued}, in order. */
  private final Deque<Run> runs = new ArrayDeque<>();

  /** The end of the parts. */
  private long issued;

  /** The end of the runs. */
  private long known;

  /** The number of buffers of parts that are being filled or written. */
  private int buffers;

  private boolean isSeeking;
  private boolean mayHaveHoles;
  private boolean awaitsBuffer;

  /** Whether the last part exists. */
  private boolean hasLast;

  private boolean isStopped;
  private @Nullable Runnable onReady;

  /**
   * A defect of this server in a thread that has no caller to report it to. The next step throws
   * it.
   */
  private @Nullable Throwable fault;

  /** A run of the source that is a hole or may have data. */
  private record Run(boolean isHole, long end) {}

  /** A part of the range, from its READ or its discovery as a hole until it is written. */
  private static final class Part {
    final long start;
    final @Nullable ReadRoom room;
    long length;
    int filled;
    long written;
    int emptyAnswers;
    boolean isReady;
    boolean isLast;

    @Nullable SourceFailure failure;

    Part(long start, long length, @Nullable ReadRoom room) {
      this.start = start;
      this.length = length;
      this.room = room;
      this.isReady = room == null;
    }
  }

  /** A READ to be sent. */
  private record ReadCall(Part part, ReadRoom into, long offset, int bytes) {}

  /**
   * The data to write next: that of a part in its pipe, or else that of parts in memory.
   *
   * @param inPipe null if the data is in memory
   */
  private record Front(@Nullable ReadRoom inPipe, long from, List<ByteBuffer> inMemory) {}

  /**
   * Creates a copier before its first piece.
   *
   * @param bytesOfAll counts the copied bytes
   * @param readsMax the maximum number of READs in flight
   * @param pieceBytesMax the maximum number of bytes that one step writes
   */
  RemoteCopier(
      SourceBytes source,
      CopyRules rules,
      OpenFile target,
      CopyRange range,
      CopyBytes bytesOfAll,
      int readsMax,
      long pieceBytesMax) {
    this.source = source;
    this.rules = rules;
    this.target = target;
    this.range = range;
    this.bytesOfAll = bytesOfAll;
    this.readsMax = readsMax;
    this.pieceBytesMax = Math.min(pieceBytesMax, STEP_BYTES_MAX);
    this.mayHaveHoles = source.hasHoles();
    this.begunTo = range.targetOffset();
  }

  @Override
  public long copied() {
    return copied;
  }

  @Override
  public long moved() {
    return moved;
  }

  @Override
  public boolean isComplete() {
    return copied == range.length();
  }

  @Override
  public long step() throws StorageException, NfsStatusException {
    return step(pieceBytesMax);
  }

  @Override
  public long smallStep() throws StorageException, NfsStatusException {
    return step(Math.min(pieceBytesMax, SMALL_STEP_BYTES));
  }

  private long step(long bytesMax) throws StorageException, NfsStatusException {
    if (isComplete()) {
      return 0;
    }
    fill();
    checkNoFault();
    long to = range.targetOffset() + copied;
    long hole = holeAtFront();
    if (hole > 0) {
      return written(Holes.make(target, to, hole), true);
    }
    Front front = dataAtFront(bytesMax);
    if (front.inPipe == null && front.inMemory.isEmpty()) {
      return atEnd();
    }
    long bytes =
        front.inPipe == null
            ? target.write(front.inMemory, to)
            : front.inPipe.writePiped(target, to, front.from, bytesMax);
    written(bytes, false);
    if (to + bytes - begunTo >= DISK_BYTES) {
      // The copy will be made durable, so the disk should not idle until the end.
      target.beginSync(begunTo, to + bytes - begunTo);
      begunTo = to + bytes;
    }
    return bytes;
  }

  private synchronized void checkNoFault() {
    if (fault != null) {
      throw new IllegalStateException("a copy between servers", fault);
    }
  }

  /** Handles a reply of the source. No caller could see its failure. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error failure) {
      synchronized (this) {
        fault = fault == null ? failure : fault;
      }
      signal();
    }
  }

  /** Returns the length in bytes of a hole at the front, or 0 if there is none. */
  private synchronized long holeAtFront() {
    Part first = parts.peekFirst();
    return first == null || first.room != null ? 0 : first.length - first.written;
  }

  /** Returns the data that has arrived at the front, up to this number of bytes. */
  private synchronized Front dataAtFront(long bytesMax) {
    List<ByteBuffer> front = new ArrayList<>();
    long left = bytesMax;
    for (Part part : parts) {
      if (left == 0 || !part.isReady || part.room == null) {
        break;
      }
      int bytes = (int) Math.min(left, part.length - part.written);
      if (bytes > 0) {
        ByteBuffer data = part.room.inMemory(part.written, bytes);
        if (data == null) {
          return front.isEmpty()
              ? new Front(part.room, part.written, front)
              : new Front(null, 0, front);
        }
        front.add(data);
      }
      left -= bytes;
      if (part.isLast) {
        break;
      }
    }
    return new Front(null, 0, front);
  }

  /** Returns the result of a step without data: not yet, or the end. */
  private synchronized long atEnd() throws NfsStatusException {
    Part first = parts.peekFirst();
    if (isStopped) {
      return 0;
    }
    // Data that has arrived since the check above is not the end. Returning 0 here would end the
    // copy.
    if (first == null || !first.isReady || first.written < first.length) {
      return NOT_YET;
    }
    if (first.failure != null) {
      throw new NfsStatusException(first.failure.status(rules));
    }
    return 0;
  }

  private long written(long bytes, boolean isHole) {
    List<Part> done = new ArrayList<>();
    synchronized (this) {
      long left = bytes;
      while (left > 0) {
        Part first = parts.getFirst();
        long count = Math.min(left, first.length - first.written);
        first.written += count;
        left -= count;
        if (first.written == first.length && !first.isLast) {
          done.add(parts.removeFirst());
          buffers -= first.room == null ? 0 : 1;
        }
      }
      moved = moved + (isHole ? 0 : bytes);
      copied = copied + bytes;
    }
    if (isHole) {
      bytesOfAll.addHoles(bytes);
    } else {
      bytesOfAll.addFetched(bytes);
    }
    done.forEach(this::giveBack);
    fill();
    return bytes;
  }

  private void giveBack(Part part) {
    if (part.room != null) {
      source.giveBack(part.room);
    }
  }

  /** Sends READs while there is room. */
  private void fill() {
    List<ReadCall> calls = new ArrayList<>();
    long from = -1;
    synchronized (this) {
      if (isStopped || hasLast || fault != null) {
        return;
      }
      try {
        boolean hasRoom;
        do {
          hasRoom = issued < range.length() && addPart(calls);
        } while (hasRoom);
      } catch (RuntimeException | Error failure) {
        // The earlier parts have buffers that only their READs return.
        fault = fault == null ? failure : fault;
      }
      if (mayHaveHoles && !isSeeking && known < range.length() && runs.size() < RUNS_KNOWN_MAX) {
        isSeeking = true;
        from = known;
      }
    }
    calls.forEach(this::send);
    if (from >= 0) {
      seek(from);
    }
    signal();
  }

  /**
   * Adds the next part while the lock is held; returns false if there is no room or the next run is
   * not known yet.
   */
  private boolean addPart(List<ReadCall> calls) {
    if (!mayHaveHoles && known < range.length()) {
      runs.addLast(new Run(false, range.length()));
      known = range.length();
    }
    Run run = runs.peekFirst();
    if (run == null || parts.size() >= PARTS_MAX) {
      return false;
    }
    long length = run.end - issued;
    if (run.isHole) {
      parts.addLast(new Part(issued, length, null));
    } else {
      if (buffers >= readsMax || awaitsBuffer) {
        return false;
      }
      length = Math.min(length, source.readBytes());
      ReadRoom room = source.takeRoom(target, length, this::free);
      if (room == null) {
        awaitsBuffer = true;
        return false;
      }
      length = Math.min(length, room.capacity());
      Part part = new Part(issued, length, room);
      parts.addLast(part);
      buffers++;
      calls.add(new ReadCall(part, room, range.sourceOffset() + part.start, (int) length));
    }
    issued += length;
    if (issued == run.end) {
      runs.removeFirst();
    }
    return true;
  }

  private void free() {
    synchronized (this) {
      awaitsBuffer = false;
    }
    guarded(this::fill);
  }

  private void send(ReadCall call) {
    CompletableFuture<Piece> answer;
    try {
      answer = source.read(call.into, call.offset, call.bytes);
    } catch (RuntimeException | Error unsent) {
      guarded(() -> {
        throw unsent;
      });
      answer = CompletableFuture.failedFuture(unsent);
    }
    var _ =
        answer.whenComplete((piece, failure) ->
            guarded(() ->
                arrived(call.part, piece, failure == null ? null : SourceFailure.of(failure))));
  }

  private void arrived(Part part, @Nullable Piece piece, @Nullable SourceFailure failure) {
    @Nullable ReadCall next;
    boolean isUnwanted;
    synchronized (this) {
      isUnwanted = isStopped;
      next = piece == null ? null : recordReply(part, piece);
      if (failure != null) {
        fail(part, failure);
      }
      if (next == null) {
        part.isReady = true;
      }
    }
    if (failure != null && failure.isOfLink()) {
      source.suspectLink();
    }
    if (next != null) {
      send(next);
    } else if (isUnwanted) {
      giveBack(part);
    } else {
      signal();
    }
  }

  /** Records a reply while the lock is held; returns the READ for the rest of the part, or null. */
  private @Nullable ReadCall recordReply(Part part, Piece piece) {
    part.filled += piece.bytes();
    if (part.filled == part.length || part.room == null) {
      return null;
    }
    if (piece.eof()) {
      // The source file was truncated. The copy ends there (copy-conformance I-029).
      last(part);
      return null;
    }
    part.emptyAnswers += piece.bytes() == 0 ? 1 : 0;
    if (part.emptyAnswers > EMPTY_ANSWERS_MAX) {
      fail(part, new SourceFailure(Kind.BROKEN, "the source gives no data before the end"));
      return null;
    }
    if (isStopped) {
      return null;
    }
    return new ReadCall(
        part,
        part.room,
        range.sourceOffset() + part.start + part.filled,
        (int) part.length - part.filled);
  }

  private void fail(Part part, SourceFailure failure) {
    part.failure = failure;
    last(part);
  }

  private void last(Part part) {
    part.length = part.filled;
    part.isLast = true;
    hasLast = true;
  }

  private void seek(long from) {
    var _ =
        source
            .nextData(range.sourceOffset() + from)
            .whenComplete((extent, failure) ->
                guarded(() -> {
                  synchronized (this) {
                    isSeeking = false;
                    // If SEEK fails, the rest is read without a search for holes. READ reports any
                    // other error.
                    mayHaveHoles = failure == null && addRuns(from, extent);
                  }
                  fill();
                }));
  }

  /** Records the result of SEEK while the lock is held; returns false if it makes no progress. */
  private boolean addRuns(long from, Extent found) {
    long start = Math.clamp(found.start() - range.sourceOffset(), from, range.length());
    long end = Math.clamp(found.end() - range.sourceOffset(), start, range.length());
    if (start > from) {
      runs.addLast(new Run(true, start));
    }
    if (end > start) {
      runs.addLast(new Run(false, end));
    }
    known = end;
    return end > from;
  }

  @Override
  public void whenReady(Runnable task) {
    synchronized (this) {
      onReady = task;
    }
    signal();
  }

  private void signal() {
    Runnable task;
    synchronized (this) {
      Part first = parts.peekFirst();
      boolean isReady = isStopped || fault != null || (first != null && first.isReady);
      task = isReady ? onReady : null;
      onReady = isReady ? null : onReady;
    }
    if (task != null) {
      task.run();
    }
  }

  /**
   * READs in flight are abandoned. Their buffers are returned when the transport no longer uses
   * them.
   */
  @Override
  public void stop() {
    List<Part> done = new ArrayList<>();
    synchronized (this) {
      if (isStopped) {
        return;
      }
      isStopped = true;
      for (Part part : parts) {
        if (part.isReady) {
          done.add(part);
        }
      }
      parts.clear();
    }
    done.forEach(this::giveBack);
    signal();
  }
}
