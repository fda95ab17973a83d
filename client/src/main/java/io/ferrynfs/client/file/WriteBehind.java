package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.wire.nfs4.Verifier4;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Writes a file in order, several WRITEs in flight behind the writer, and makes it durable.
 *
 * <p>Every buffer is kept until a COMMIT returns the verifier of its WRITE. Another verifier means
 * that the server restarted and may have lost uncommitted data (RFC 8881 section 18.3.4); the kept
 * buffers are then written again. The kept bytes are limited. A COMMIT is sent when half of the
 * limit is used, while writing continues. Safe for use by several threads.
 */
public final class WriteBehind {

  private static final int REWRITES_MAX = 5;

  private final RemoteOpenFile file;
  private final StreamBuffers buffers;
  private final TransferSizes transfer;
  private final List<Chunk> kept = new ArrayList<>();
  private long next;
  private int inFlight;
  private long keptBytes;
  private boolean committing;
  private boolean finishing;
  private int rewrites;
  private @Nullable Throwable failure;
  private @Nullable CompletableFuture<Void> roomWaiter;
  private final CompletableFuture<Void> finished = new CompletableFuture<>();
  private final List<Flush> flushes = new ArrayList<>();

  /** Waits until everything before a position is durable. */
  private record Flush(long mark, CompletableFuture<Void> done) {}

  /** Part of the file, from its WRITE to its COMMIT. */
  private static final class Chunk {
    final ByteBuffer data;
    final long offset;
    boolean answered;
    boolean stable;
    @Nullable Verifier4 verifier;

    Chunk(ByteBuffer data, long offset) {
      this.data = data;
      this.offset = offset;
    }
  }

  public WriteBehind(RemoteOpenFile file, StreamBuffers buffers, long position) {
    this.file = file;
    this.buffers = buffers;
    this.transfer = file.files().limits().transfer();
    this.next = position;
    file.addWriter(this);
  }

  /** Returns a buffer to fill and pass to {@link #write}. */
  public ByteBuffer buffer() {
    return buffers.take(transfer.writeBytes());
  }

  /**
   * Completes when another buffer may be written. Fails if a write failed. Only one writer may
   * wait.
   */
  public synchronized CompletableFuture<Void> room() {
    if (failure != null) {
      return CompletableFuture.failedFuture(failure);
    }
    if (hasRoom()) {
      return CompletableFuture.completedFuture(null);
    }
    if (roomWaiter == null) {
      roomWaiter = new CompletableFuture<>();
    }
    return roomWaiter;
  }

  private boolean hasRoom() {
    return inFlight < transfer.window()
        && (keptBytes + transfer.writeBytes() <= transfer.uncommittedBytesMax() || kept.isEmpty());
  }

  /** Appends the remaining bytes of a buffer. Takes ownership of the buffer. */
  public void write(ByteBuffer data) {
    write(data, false);
  }

  private void write(ByteBuffer data, boolean stable) {
    Chunk chunk;
    synchronized (this) {
      chunk = new Chunk(data, next);
      next += data.remaining();
      keptBytes += data.remaining();
      kept.add(chunk);
      inFlight++;
    }
    send(chunk, stable);
  }

  private void send(Chunk chunk, boolean stable) {
    var _ =
        writeFully(chunk, chunk.data.slice(), chunk.offset, stable, null)
            .whenComplete((result, problem) -> answered(chunk, result, problem));
  }

  /**
   * Writes a chunk, and the rest after a short write. The merged result is UNSTABLE4 if one part
   * is, with the verifier of the first such part.
   */
  private CompletableFuture<WriteResult> writeFully(
      Chunk chunk, ByteBuffer rest, long offset, boolean stable, @Nullable WriteResult before) {
    return file.write(rest, offset, stable)
        .thenCompose(result -> {
          WriteResult merged =
              before == null || before.stable()
                  ? result
                  : new WriteResult(result.bytes(), false, before.verifier());
          if (before != null && !before.verifier().equals(result.verifier())) {
            // The server restarted between two parts. COMMIT never returns this verifier, so the
            // chunk is written again.
            merged = new WriteResult(result.bytes(), false, NO_VERIFIER);
          }
          if (result.bytes() == rest.remaining()) {
            return CompletableFuture.completedFuture(merged);
          }
          return writeFully(
              chunk,
              rest.slice(result.bytes(), rest.remaining() - result.bytes()),
              offset + result.bytes(),
              stable,
              merged);
        });
  }

  private static final Verifier4 NO_VERIFIER =
      new Verifier4(io.ferrynfs.wire.xdr.Opaque.of(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}));

  private void answered(Chunk chunk, @Nullable WriteResult result, @Nullable Throwable problem) {
    synchronized (this) {
      inFlight--;
      if (problem != null || result == null) {
        fail(
            problem == null ? new IllegalStateException("no result") : CallFailures.cause(problem));
      } else {
        chunk.answered = true;
        chunk.stable = result.stable();
        chunk.verifier = result.verifier();
        if (chunk.stable) {
          discard(chunk);
          kept.remove(chunk);
        }
      }
    }
    advance();
  }

  private void fail(Throwable problem) {
    if (failure == null) {
      failure = problem;
    }
  }

  private void discard(Chunk chunk) {
    keptBytes -= chunk.data.remaining();
    buffers.give(chunk.data);
  }

  /** Wakes the writer, sends a COMMIT or completes, whichever is due. */
  private void advance() {
    CompletableFuture<Void> waiter = null;
    boolean commitNow = false;
    boolean isFinished = false;
    List<Flush> flushed = List.of();
    Throwable problem;
    synchronized (this) {
      problem = failure;
      if (roomWaiter != null && (problem != null || hasRoom())) {
        waiter = roomWaiter;
        roomWaiter = null;
      }
      boolean due = finishing ? inFlight == 0 : keptBytes * 2 >= transfer.uncommittedBytesMax();
      flushed = flushes.stream().filter(flush -> failure != null || isDurable(flush)).toList();
      flushes.removeAll(flushed);
      due |= flushes.stream().anyMatch(this::isAnswered);
      if (due && problem == null && !committing && anyAnswered()) {
        committing = true;
        commitNow = true;
      }
      isFinished = finishing && inFlight == 0 && !committing && (kept.isEmpty() || problem != null);
    }
    if (waiter != null) {
      complete(waiter, problem);
    }
    if (commitNow) {
      commit();
    }
    flushed.forEach(flush -> complete(flush.done(), problem));
    if (isFinished) {
      file.removeWriter(this);
      complete(finished, problem);
    }
  }

  private static void complete(CompletableFuture<Void> future, @Nullable Throwable problem) {
    if (problem == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(problem);
    }
  }

  private boolean isDurable(Flush flush) {
    return kept.stream().noneMatch(chunk -> chunk.offset < flush.mark());
  }

  private boolean isAnswered(Flush flush) {
    return kept.stream().allMatch(chunk -> chunk.answered || chunk.offset >= flush.mark());
  }

  private boolean anyAnswered() {
    return kept.stream().anyMatch(chunk -> chunk.answered);
  }

  private void commit() {
    List<Chunk> covered;
    synchronized (this) {
      covered = kept.stream().filter(chunk -> chunk.answered).toList();
    }
    var _ =
        file.commit()
            .whenComplete((verifier, problem) -> {
              List<Chunk> rewritten = committed(covered, verifier, problem);
              rewritten.forEach(chunk -> send(chunk, false));
              advance();
            });
  }

  /** Discards durable chunks. Returns the chunks to write again. */
  private synchronized List<Chunk> committed(
      List<Chunk> covered, @Nullable Verifier4 verifier, @Nullable Throwable problem) {
    committing = false;
    if (problem != null || verifier == null) {
      fail(
          problem == null ? new IllegalStateException("no verifier") : CallFailures.cause(problem));
      return List.of();
    }
    List<Chunk> rewritten = new ArrayList<>();
    for (Iterator<Chunk> each = kept.iterator(); each.hasNext(); ) {
      Chunk chunk = each.next();
      if (!covered.contains(chunk)) {
        continue;
      }
      if (verifier.equals(chunk.verifier)) {
        discard(chunk);
        each.remove();
      } else {
        chunk.answered = false;
        rewritten.add(chunk);
      }
    }
    if (!rewritten.isEmpty() && ++rewrites > REWRITES_MAX) {
      fail(CallException.of(Kind.DATA_LOST, "the server lost written data " + rewrites + " times"));
      return List.of();
    }
    inFlight += rewritten.size();
    return rewritten;
  }

  /** Makes the data passed to {@link #write} durable. Fails as {@link #finish} does. */
  public CompletableFuture<Void> flush() {
    Flush flush;
    synchronized (this) {
      flush = new Flush(next, new CompletableFuture<>());
      flushes.add(flush);
    }
    advance();
    return flush.done();
  }

  /**
   * Writes the last bytes and makes everything durable.
   *
   * @param last the last buffer, or null
   * @return fails if data could not be made durable
   */
  public CompletableFuture<Void> finish(@Nullable ByteBuffer last) {
    boolean alone;
    synchronized (this) {
      finishing = true;
      alone = kept.isEmpty();
    }
    if (last != null && last.hasRemaining()) {
      // A stable WRITE saves the COMMIT of a file that needs only one WRITE.
      write(last, alone);
    } else {
      advance();
    }
    return finished;
  }

  /** Returns the position after the data passed to {@link #write}. */
  public synchronized long position() {
    return next;
  }
}
