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
 * Copies a range of a file of another server.
 *
 * <p>Several READs are in flight, each straight into a room of the {@link SourceBytes}'. Answers
 * come on the source's connection, where only notes are taken; a step writes what has arrived at
 * the front, in order, and asks for more. So no thread waits for a source, and it is read while the
 * disk is written.
 *
 * <p>Where the source has holes it is asked where, ahead of the READs. Whatever a source answers,
 * nothing is written beyond the range, and the range ends where the source did when it was opened.
 */
final class RemoteCopier implements Copier {
  /**
   * What one step writes, at most. With 1 MiB in one call ext4 takes folios so large that they come
   * from memory not used for long, and twice the processor time (docs/performance.md).
   */
  private static final long STEP_BYTES_MAX = 256 << 10;

  private static final long SMALL_STEP_BYTES = 64 << 10;

  /** How much the disk is told to begin with at a time. */
  private static final long DISK_BYTES = 16 << 20;

  private static final int EMPTY_ANSWERS_MAX = 3;
  private static final int RUNS_KNOWN_MAX = 16;

  /** A source may tell of one small hole after the other, faster than they are made here. */
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

  /** Up to where the target is on its way to the disk. Of the thread that steps. */
  private long begunTo;

  // Guarded by this. Positions are from the start of the range.

  /** What was asked for and is not written yet, in order. */
  private final Deque<Part> parts = new ArrayDeque<>();

  /** What is known of the source behind {@link #issued}, in order. */
  private final Deque<Run> runs = new ArrayDeque<>();

  /** Up to where parts have been made. */
  private long issued;

  /** Up to where runs have been made. */
  private long known;

  /** Buffers of parts, waiting to be filled or to be written. */
  private int buffers;

  private boolean isSeeking;
  private boolean mayHaveHoles;
  private boolean awaitsBuffer;

  /** Whether the last part there will be is here. */
  private boolean hasLast;

  private boolean isStopped;
  private @Nullable Runnable onReady;

  /**
   * Of ours, where no answer of the source would have found anybody: the next step ends with it.
   */
  private @Nullable Throwable fault;

  /** A stretch of the source that is a hole, or may have data. */
  private record Run(boolean isHole, long end) {}

  /**
   * A stretch of the range between its READ, or its discovery as a hole, and its end in the file.
   */
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
  private record Ask(Part part, ReadRoom into, long offset, int bytes) {}

  /**
   * What is written next: of a part that is in its pipe, or else of those in memory.
   *
   * @param inPipe null if there is none
   */
  private record Front(@Nullable ReadRoom inPipe, long from, List<ByteBuffer> inMemory) {}

  /**
   * A copy before its first piece.
   *
   * @param bytesOfAll counts what is copied
   * @param readsMax READs in flight
   * @param pieceBytesMax what one step writes, at most
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
      // The copy is wanted on the disk: which is not to idle until the end.
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

  /** Does what an answer of the source calls for. Nobody is above this who could see it fail. */
  private void noticing(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error failure) {
      synchronized (this) {
        fault = fault == null ? failure : fault;
      }
      signal();
    }
  }

  /** Bytes of the hole that comes next, 0 when none does. */
  private synchronized long holeAtFront() {
    Part first = parts.peekFirst();
    return first == null || first.room != null ? 0 : first.length - first.written;
  }

  /** The data that has come and is next, up to so many bytes. */
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

  /** Nothing is there to be written: not yet, or never again. */
  private synchronized long atEnd() throws NfsStatusException {
    Part first = parts.peekFirst();
    if (isStopped) {
      return 0;
    }
    // What has come since it was looked for is no end: that would be one without any bytes.
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
        long of = Math.min(left, first.length - first.written);
        first.written += of;
        left -= of;
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

  /** Asks for what there is room for. */
  private void fill() {
    List<Ask> asks = new ArrayList<>();
    long from = -1;
    synchronized (this) {
      if (isStopped || hasLast || fault != null) {
        return;
      }
      try {
        boolean hasRoom;
        do {
          hasRoom = issued < range.length() && addPart(asks);
        } while (hasRoom);
      } catch (RuntimeException | Error failure) {
        // What was made before has a buffer, which comes back only after its READ.
        fault = fault == null ? failure : fault;
      }
      if (mayHaveHoles && !isSeeking && known < range.length() && runs.size() < RUNS_KNOWN_MAX) {
        isSeeking = true;
        from = known;
      }
    }
    asks.forEach(this::send);
    if (from >= 0) {
      seek(from);
    }
    signal();
  }

  /** Under the lock: makes the next part; false when there is no room, or it is not known yet. */
  private boolean addPart(List<Ask> asks) {
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
      asks.add(new Ask(part, room, range.sourceOffset() + part.start, (int) length));
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
    noticing(this::fill);
  }

  private void send(Ask ask) {
    CompletableFuture<Piece> answer;
    try {
      answer = source.read(ask.into, ask.offset, ask.bytes);
    } catch (RuntimeException | Error unsent) {
      noticing(() -> {
        throw unsent;
      });
      answer = CompletableFuture.failedFuture(unsent);
    }
    var _ =
        answer.whenComplete((piece, failure) ->
            noticing(() ->
                arrived(ask.part, piece, failure == null ? null : SourceFailure.of(failure))));
  }

  private void arrived(Part part, @Nullable Piece piece, @Nullable SourceFailure failure) {
    @Nullable Ask again;
    boolean isUnwanted;
    synchronized (this) {
      isUnwanted = isStopped;
      again = piece == null ? null : note(part, piece);
      if (failure != null) {
        fail(part, failure);
      }
      if (again == null) {
        part.isReady = true;
      }
    }
    if (failure != null && failure.isOfLink()) {
      source.suspectLink();
    }
    if (again != null) {
      send(again);
    } else if (isUnwanted) {
      giveBack(part);
    } else {
      signal();
    }
  }

  /** Under the lock: what is to be asked for still of this part, null if nothing is. */
  private @Nullable Ask note(Part part, Piece piece) {
    part.filled += piece.bytes();
    if (part.filled == part.length || part.room == null) {
      return null;
    }
    if (piece.eof()) {
      // The file has become shorter: what there is, is copied (copy-conformance I-029).
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
    return new Ask(
        part,
        part.room,
        range.sourceOffset() + part.start + part.filled,
        (int) part.length - part.filled);
  }

  private void fail(Part part, SourceFailure why) {
    part.failure = why;
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
                noticing(() -> {
                  synchronized (this) {
                    isSeeking = false;
                    // Who cannot tell where the holes are, is read; and tells then what else is
                    // wrong.
                    mayHaveHoles = failure == null && addRuns(from, extent);
                  }
                  fill();
                }));
  }

  /** Under the lock: notes what SEEK has found; false when that leads nowhere. */
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
      boolean isWorthIt = isStopped || fault != null || (first != null && first.isReady);
      task = isWorthIt ? onReady : null;
      onReady = isWorthIt ? null : onReady;
    }
    if (task != null) {
      task.run();
    }
  }

  /**
   * READs in flight are forgotten; their buffers come back when the transport is done with them.
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
