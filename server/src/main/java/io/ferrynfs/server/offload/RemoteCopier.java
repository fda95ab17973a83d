package io.ferrynfs.server.offload;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.offload.SourceParts.Front;
import io.ferrynfs.server.offload.SourceRuns.Run;
import io.ferrynfs.server.source.ReadRoom;
import io.ferrynfs.server.source.SourceBytes;
import io.ferrynfs.server.source.SourceFailure;
import io.ferrynfs.server.source.SourceFile.Piece;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Holes;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import java.util.ArrayList;
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

  private final SourceBytes source;
  private final CopyRules rules;
  private final OpenFile target;
  private final CopyRange range;
  private final CopyBytes bytesOfAll;
  private final long pieceBytesMax;
  private volatile long copied;
  private volatile long moved;

  /** The end of the target bytes whose write-back has begun. Used only by the thread that steps. */
  private long begunTo;

  @GuardedBy("this")
  private final SourceParts parts;

  /** The known runs of the source after {@link #issued}. */
  @GuardedBy("this")
  private final SourceRuns runs;

  /** The end of the parts, relative to the start of the range. */
  @GuardedBy("this")
  private long issued;

  @GuardedBy("this")
  private boolean awaitsRoom;

  /** Whether the part exists with which the range ends. */
  @GuardedBy("this")
  private boolean hasLast;

  @GuardedBy("this")
  private boolean isStopped;

  @GuardedBy("this")
  private @Nullable Runnable onReady;

  /**
   * A defect of this server in a thread that has no caller to report it to. The next step throws
   * it.
   */
  @GuardedBy("this")
  private @Nullable Throwable fault;

  /** A READ to be sent. The offset is that in the source. */
  private record ReadCall(SourcePart part, ReadRoom into, long offset, int bytes) {}

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
    this.parts = new SourceParts(readsMax);
    this.runs = new SourceRuns(range, source.hasHoles());
    this.pieceBytesMax = Math.min(pieceBytesMax, STEP_BYTES_MAX);
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
    long hole;
    Front front;
    synchronized (this) {
      hole = parts.holeAtFront();
      front = parts.dataAtFront(bytesMax);
    }
    if (hole > 0) {
      return written(Holes.make(target, to, hole), true);
    }
    ReadRoom inPipe = front.inPipe();
    if (inPipe == null && front.inMemory().isEmpty()) {
      return atEnd();
    }
    long bytes =
        inPipe == null
            ? target.write(front.inMemory(), to)
            : inPipe.writePiped(target, to, front.from(), bytesMax);
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

  /** Returns the result of a step without data: not yet, or the end. */
  private synchronized long atEnd() throws NfsStatusException {
    if (isStopped) {
      return 0;
    }
    SourcePart first = parts.first();
    // Data that has arrived since the check above is not the end. Returning 0 here would end the
    // copy.
    if (first == null || !first.isReady() || first.unwritten() > 0) {
      return NOT_YET;
    }
    SourceFailure failure = first.failure();
    if (failure != null) {
      throw new NfsStatusException(failure.status(rules));
    }
    return 0;
  }

  private long written(long bytes, boolean isHole) {
    List<ReadRoom> done;
    synchronized (this) {
      done = parts.written(bytes);
      moved = moved + (isHole ? 0 : bytes);
      copied = copied + bytes;
    }
    if (isHole) {
      bytesOfAll.addHoles(bytes);
    } else {
      bytesOfAll.addFetched(bytes);
    }
    done.forEach(source::giveBack);
    fill();
    return bytes;
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
      from = runs.beginSeek();
    }
    calls.forEach(this::send);
    if (from >= 0) {
      seek(from);
    }
    signal();
  }

  /** Adds the next part; returns false if there is no room or the next run is not known yet. */
  @GuardedBy("this")
  private boolean addPart(List<ReadCall> calls) {
    Run run = runs.first();
    if (run == null || parts.isFull()) {
      return false;
    }
    long length = run.end() - issued;
    if (run.isHole()) {
      parts.add(SourcePart.hole(issued, length));
    } else {
      if (!parts.mayRead() || awaitsRoom) {
        return false;
      }
      length = Math.min(length, source.readBytes());
      ReadRoom room = source.takeRoom(target, length, this::roomFreed);
      if (room == null) {
        awaitsRoom = true;
        return false;
      }
      length = Math.min(length, room.capacity());
      SourcePart part = SourcePart.data(issued, (int) length, room);
      parts.add(part);
      calls.add(call(part, room));
    }
    issued += length;
    if (issued == run.end()) {
      runs.removeFirst();
    }
    return true;
  }

  /** Returns the READ for the missing bytes of a part. */
  private ReadCall call(SourcePart part, ReadRoom room) {
    return new ReadCall(part, room, range.sourceOffset() + part.nextOffset(), part.missing());
  }

  private void roomFreed() {
    synchronized (this) {
      awaitsRoom = false;
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
            guarded(
                () -> arrived(call, piece, failure == null ? null : SourceFailure.of(failure))));
  }

  private void arrived(ReadCall call, @Nullable Piece piece, @Nullable SourceFailure failure) {
    SourcePart part = call.part;
    ReadCall next;
    boolean isUnwanted;
    synchronized (this) {
      isUnwanted = isStopped;
      boolean isIncomplete = piece != null && part.replied(piece) && !isStopped;
      next = isIncomplete ? call(part, call.into) : null;
      if (failure != null) {
        part.fail(failure);
      }
      hasLast |= part.isLast();
      if (next == null) {
        part.ready();
      }
    }
    if (failure != null && failure.isOfLink()) {
      source.suspectLink();
    }
    if (next != null) {
      send(next);
    } else if (isUnwanted) {
      source.giveBack(call.into);
    } else {
      signal();
    }
  }

  private void seek(long from) {
    var _ =
        source
            .nextData(range.sourceOffset() + from)
            .whenComplete((extent, failure) ->
                guarded(() -> {
                  synchronized (this) {
                    if (failure == null) {
                      runs.found(extent);
                    } else {
                      runs.notFound();
                    }
                  }
                  fill();
                }));
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
      boolean isReady = isStopped || fault != null || parts.isFrontReady();
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
    List<ReadRoom> done;
    synchronized (this) {
      if (isStopped) {
        return;
      }
      isStopped = true;
      done = parts.clear();
    }
    done.forEach(source::giveBack);
    signal();
  }
}
