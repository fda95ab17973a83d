package ferry.client.copy;

import ferry.client.file.Buffers;
import ferry.client.file.Bulk;
import ferry.client.file.FileAttributes;
import ferry.client.file.Futures;
import ferry.client.file.OpenFile;
import ferry.client.file.Transfer;
import ferry.client.file.Window;
import ferry.client.session.CallException;
import ferry.client.session.CallException.Kind;
import ferry.client.session.Failures;
import ferry.wire.attr.AttrValues;
import ferry.wire.attr.Attrs;
import ferry.wire.nfs4.DataContent4;
import ferry.wire.nfs4.NfsOpnum4;
import ferry.wire.nfs4.Nfsstat4;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A copy by READ and WRITE, several of each in flight.
 *
 * <p>A source with holes is asked by SEEK where its data lies. From a server without SEEK, blocks
 * of zeros are recognised instead and not written, if the destination is known to be empty there.
 */
final class StreamCopy {

  private final CopyRequest request;
  private final CopyProgress progress;
  private final Durability durability;
  private final int chunk;
  private final int window;
  private final AtomicLong end;
  private final AtomicLong written = new AtomicLong();
  private boolean skipZeros;

  private StreamCopy(CopyRequest request, CopyProgress progress, Durability durability) {
    this.request = request;
    this.progress = progress;
    this.durability = durability;
    Transfer reads = request.from().files().limits().transfer();
    Transfer writes = request.to().files().limits().transfer();
    this.chunk = Math.min(reads.readBytes(), writes.writeBytes());
    this.window = Math.min(reads.window(), writes.window());
    this.end = new AtomicLong(request.count());
  }

  /**
   * Copies from {@code done} on.
   *
   * @return the bytes copied in all, less than asked for if the source ended before
   */
  static CompletableFuture<Long> run(
      CopyRequest request, long done, CopyProgress progress, Durability durability) {
    return new StreamCopy(request, progress, durability).from(done);
  }

  private CompletableFuture<Long> from(long done) {
    written.set(done);
    FileAttributes source = request.from().attributesAtOpen();
    boolean holes = request.fresh() && source.usedBytes() < source.sizeBytes();
    CompletableFuture<Void> copied =
        !holes || !mayAskForHoles()
            ? dense(done, holes)
            : Futures.recover(sparse(done), failure -> withoutSeek(done, failure));
    return copied.thenCompose(all -> settle());
  }

  private CompletableFuture<Void> dense(long done, boolean holes) {
    skipZeros = holes;
    return region(done, request.count());
  }

  private boolean mayAskForHoles() {
    return request.from().files().session().minorVersion() >= 2
        && !request
            .from()
            .files()
            .refusals()
            .isRefused(NfsOpnum4.OP_SEEK, request.from().attributesAtOpen().fsid());
  }

  private CompletableFuture<Void> withoutSeek(long done, Throwable failure) {
    CallException call = Failures.call(failure);
    if (call.operation() != NfsOpnum4.OP_SEEK) {
      return CompletableFuture.failedFuture(call);
    }
    if (call.is(Nfsstat4.NFS4ERR_NOTSUPP)) {
      request
          .from()
          .files()
          .refusals()
          .refused(NfsOpnum4.OP_SEEK, request.from().attributesAtOpen().fsid());
    }
    progress.restart();
    return dense(done, true);
  }

  /** From one region of data to the next. */
  private CompletableFuture<Void> sparse(long position) {
    if (position >= end.get()) {
      return CompletableFuture.completedFuture(null);
    }
    OpenFile source = request.from();
    return source
        .seek(request.offset() + position, DataContent4.NFS4_CONTENT_DATA)
        .thenCompose(data -> {
          if (data < 0 || data - request.offset() >= request.count()) {
            progress.add(request.count() - position);
            return CompletableFuture.completedFuture(null);
          }
          long start = Math.max(position, data - request.offset());
          progress.add(start - position);
          return source
              .seek(data, DataContent4.NFS4_CONTENT_HOLE)
              .thenCompose(hole -> dataUntil(start, hole));
        });
  }

  private CompletableFuture<Void> dataUntil(long start, long hole) {
    long stop = hole < 0 ? request.count() : Math.min(request.count(), hole - request.offset());
    if (stop <= start) {
      return CompletableFuture.failedFuture(
          CallException.of(Kind.PROTOCOL, "SEEK found a hole before the data"));
    }
    return region(start, stop).thenCompose(done -> sparse(stop));
  }

  private CompletableFuture<Void> region(long start, long stop) {
    AtomicLong next = new AtomicLong(start);
    return Window.run(
        window,
        () -> {
          long position = next.get();
          if (position >= Math.min(stop, end.get())) {
            return null;
          }
          int length = (int) Math.min(chunk, stop - position);
          next.set(position + length);
          return Futures.compose(() -> {
            progress.check();
            return piece(position, length);
          });
        });
  }

  private CompletableFuture<Void> piece(long position, int length) {
    Buffers buffers = request.means().buffers();
    ByteBuffer buffer = buffers.take(length);
    int taken = buffer.remaining();
    return Bulk.readFully(request.from(), buffer.slice(), request.offset() + position)
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
          // The pool's buffers are smaller than a READ of this server: the rest follows.
          return rest > 0 && position + taken < end.get()
              ? piece(position + taken, rest)
              : CompletableFuture.completedFuture(null);
        });
  }

  private CompletableFuture<Void> write(ByteBuffer data, long position) {
    if (!skipZeros) {
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

  /** Gives the destination its size where the source ends with a hole, and looks at it. */
  private CompletableFuture<Long> settle() {
    long bytes = end.get();
    if (!request.fresh()) {
      return CompletableFuture.completedFuture(bytes);
    }
    long size = request.toOffset() + bytes;
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
                    + " bytes, the server says "
                    + attributes.sizeBytes());
          }
          return bytes;
        }));
  }
}
