package io.ferrynfs.client.copy;

import io.ferrynfs.client.file.ChunkedIo;
import io.ferrynfs.client.file.FileAttributes;
import io.ferrynfs.client.file.Futures;
import io.ferrynfs.client.file.StreamBuffers;
import io.ferrynfs.client.file.TaskWindow;
import io.ferrynfs.client.file.TransferSizes;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Copies by READ and WRITE, several of each in flight.
 *
 * <p>SEEK finds the data of a sparse source. Holes are not read. They are skipped in an empty
 * destination and made by DEALLOCATE in another one. If the source's server has no SEEK, blocks of
 * zeros are not written to an empty destination.
 */
final class StreamCopy {

  private final RangeCopyRequest request;
  private final CopyTracker progress;
  private final CopyDurability durability;
  private final int chunk;
  private final int window;
  private final AtomicLong end;
  private final AtomicLong written = new AtomicLong();
  private final SourceExtents extents;
  private final boolean holes;

  /** The last piece; the next one is requested when it is known. */
  private CompletableFuture<SourceExtents.@Nullable Piece> last =
      CompletableFuture.completedFuture(null);

  private StreamCopy(
      RangeCopyRequest request, long done, CopyTracker progress, CopyDurability durability) {
    this.request = request;
    this.progress = progress;
    this.durability = durability;
    TransferSizes reads = request.from().files().limits().transfer();
    TransferSizes writes = request.to().files().limits().transfer();
    this.chunk = Math.min(reads.readBytes(), writes.writeBytes());
    this.window = Math.min(reads.window(), writes.window());
    this.end = new AtomicLong(request.count());
    this.written.set(done);
    FileAttributes source = request.from().attributesAtOpen();
    this.holes = source.usedBytes() < source.sizeBytes();
    this.extents =
        new SourceExtents(
            request.from(),
            request.offset(),
            done,
            request.count(),
            chunk,
            holes && request.from().has(NfsOpnum4.OP_SEEK));
  }

  /**
   * Copies from {@code done} on.
   *
   * @return the total number of bytes copied, fewer than requested if the source ended before
   */
  static CompletableFuture<Long> run(
      RangeCopyRequest request, long done, CopyTracker progress, CopyDurability durability) {
    StreamCopy copy = new StreamCopy(request, done, progress, durability);
    return TaskWindow.run(copy.window, copy::begin)
        .thenCompose(all -> copy.end.get() < request.count() ? copy.checkEnd() : copy.settle());
  }

  /** Fails if the source ended before the requested range and before its own size. */
  private CompletableFuture<Long> checkEnd() {
    long reached = request.offset() + end.get();
    return request
        .from()
        .attributes()
        .thenCompose(now -> {
          if (now.sizeBytes() > reached) {
            return CompletableFuture.failedFuture(FileAttributes.endsEarly(reached, now));
          }
          return settle();
        });
  }

  private @Nullable CompletableFuture<Void> begin() {
    if (extents.isOver()) {
      return null;
    }
    last = last.thenCompose(before -> extents.next());
    return last.thenCompose(piece -> Futures.compose(() -> copy(piece)));
  }

  private CompletableFuture<Void> copy(SourceExtents.@Nullable Piece piece) throws CallException {
    progress.check();
    if (piece == null || piece.position() >= end.get()) {
      return CompletableFuture.completedFuture(null);
    }
    return piece.hole()
        ? hole(piece.position(), piece.length())
        : piece(piece.position(), (int) piece.length());
  }

  private CompletableFuture<Void> hole(long position, long length) {
    CompletableFuture<Void> made =
        request.fresh()
            ? CompletableFuture.completedFuture(null)
            : Futures.recover(
                deallocate(position, length), failure -> zeros(position, length, failure));
    return made.thenRun(() -> progress.add(length));
  }

  private CompletableFuture<Void> deallocate(long position, long length) {
    return request.to().has(NfsOpnum4.OP_DEALLOCATE)
        ? request.to().space().deallocate(request.toOffset() + position, length)
        : CompletableFuture.failedFuture(
            CallException.status(NfsOpnum4.OP_DEALLOCATE, Nfsstat4.NFS4ERR_NOTSUPP));
  }

  /** Writes zeros, because the server cannot make holes. */
  private CompletableFuture<Void> zeros(long position, long length, Throwable failure) {
    if (!request.to().lacks(NfsOpnum4.OP_DEALLOCATE, CallFailures.call(failure))) {
      return CompletableFuture.failedFuture(failure);
    }
    ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(chunk, length));
    return zerosFrom(zeros, position, position + length);
  }

  private CompletableFuture<Void> zerosFrom(ByteBuffer zeros, long position, long stop) {
    if (position >= stop) {
      return CompletableFuture.completedFuture(null);
    }
    int length = (int) Math.min(zeros.capacity(), stop - position);
    return Futures.compose(
            () -> {
              progress.check();
              return writeFully(zeros.slice(0, length), position);
            })
        .thenCompose(done -> zerosFrom(zeros, position + length, stop));
  }

  private CompletableFuture<Void> piece(long position, int length) {
    StreamBuffers buffers = request.means().buffers();
    ByteBuffer buffer = buffers.take(length);
    int taken = buffer.remaining();
    // SEEK has found the holes, so READ_PLUS would find none.
    ChunkedIo.Reading reading =
        extents.tellsHoles() ? request.from()::read : request.from().space()::fetch;
    return ChunkedIo.readFully(reading, buffer.slice(), request.offset() + position)
        .thenCompose(result -> {
          progress.passed(result.bytes());
          if (result.bytes() < taken) {
            end.accumulateAndGet(position + result.bytes(), Math::min);
          }
          buffer.limit(buffer.position() + result.bytes());
          return write(buffer, position);
        })
        .thenCompose(done -> {
          progress.add(buffer.limit());
          int rest = length - taken;
          buffers.give(buffer);
          // The pool's buffers may be smaller than a READ of this server; the rest follows.
          return rest > 0 && position + taken < end.get()
              ? piece(position + taken, rest)
              : CompletableFuture.completedFuture(null);
        });
  }

  private CompletableFuture<Void> write(ByteBuffer data, long position) {
    if (!request.fresh() || !holes || extents.tellsHoles()) {
      return writeFully(data.slice(), position);
    }
    CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
    for (ZeroRuns.Run run : ZeroRuns.data(data)) {
      all =
          all.thenCompose(
              done -> writeFully(data.slice(run.start(), run.length()), position + run.start()));
    }
    return all;
  }

  private CompletableFuture<Void> writeFully(ByteBuffer data, long position) {
    if (!data.hasRemaining()) {
      return CompletableFuture.completedFuture(null);
    }
    return request
        .to()
        .write(data, request.toOffset() + position, false)
        .thenCompose(result -> {
          if (!result.stable()) {
            durability.unstable(result.verifier());
          }
          written.accumulateAndGet(position + result.bytes(), Math::max);
          return writeFully(
              data.slice(result.bytes(), data.remaining() - result.bytes()),
              position + result.bytes());
        });
  }

  /**
   * Sets the size of the destination if the source ends with a hole, and checks it. An existing
   * destination is extended by writing its last byte, because setting the size could truncate what
   * another client wrote behind it.
   */
  private CompletableFuture<Long> settle() {
    long bytes = end.get();
    long size = request.toOffset() + bytes;
    if (!request.fresh()) {
      return written.get() >= bytes
          ? CompletableFuture.completedFuture(bytes)
          : request
              .to()
              .attributes()
              .thenCompose(now ->
                  now.sizeBytes() >= size
                      ? CompletableFuture.<Void>completedFuture(null)
                      : writeFully(ByteBuffer.allocate(1), bytes - 1))
              .thenApply(done -> bytes);
    }
    CompletableFuture<FileAttributes> after =
        written.get() < bytes
            ? request
                .to()
                .setAttributes(AttrValues.builder().put(Attrs.SIZE, size).build().encode())
            : request.to().attributes();
    return after.thenApply(attributes ->
        Futures.get(() -> {
          if (attributes.sizeBytes() != size) {
            throw CallException.of(
                Kind.PROTOCOL,
                "the copy should have "
                    + size
                    + " bytes, the server reported "
                    + attributes.sizeBytes());
          }
          return bytes;
        }));
  }
}
