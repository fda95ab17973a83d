package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.wire.nfs4.Allocate4Args;
import io.ferrynfs.wire.nfs4.DataContent4;
import io.ferrynfs.wire.nfs4.Deallocate4Args;
import io.ferrynfs.wire.nfs4.IoAdvise4Args;
import io.ferrynfs.wire.nfs4.IoAdvise4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReadPlus4Args;
import io.ferrynfs.wire.nfs4.Seek4Args;
import io.ferrynfs.wire.nfs4.Seek4Res;
import io.ferrynfs.wire.xdr.Bitmap4;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * READ_PLUS, SEEK, ALLOCATE, DEALLOCATE and IO_ADVISE of one open file (RFC 7862 sections 15.10,
 * 15.11, 15.1, 15.4 and 15.5).
 */
public final class FileSpace {

  private final NfsFh4 handle;
  private final StateidCalls stateids;
  private final FileCalls calls;
  private final ServerFeatures features;
  private final FileAttributes attributesAtOpen;

  FileSpace(
      NfsFh4 handle,
      StateidCalls stateids,
      FileCalls calls,
      ServerFeatures features,
      FileAttributes attributesAtOpen) {
    this.handle = handle;
    this.stateids = stateids;
    this.calls = calls;
    this.features = features;
    this.attributesAtOpen = attributesAtOpen;
  }

  /**
   * A segment of a READ_PLUS.
   *
   * @param offset the offset of the first byte
   * @param length the length in bytes; a hole may exceed the requested range
   * @param hole whether it is a hole
   */
  public record Segment(long offset, long length, boolean hole) {}

  /**
   * The result of a READ_PLUS.
   *
   * @param bytes the number of bytes read, holes as zeros included
   * @param eof whether they reach the end of the file
   * @param segments the segments, in order and without gaps
   */
  public record ReadPlusResult(int bytes, boolean eof, List<Segment> segments) {}

  /**
   * Sends READ_PLUS (RFC 7862 section 15.10) into the buffer's room, from its position on. Position
   * and limit do not change.
   */
  public CompletableFuture<ReadPlusResult> readPlus(ByteBuffer into, long offset) {
    ByteBuffer room = into.slice();
    return stateids
        .withData(stateid ->
            Compound.of(
                    CompoundOps.put(handle),
                    new NfsArgop4.ReadPlus(new ReadPlus4Args(stateid, offset, room.remaining())))
                .readInto(room)
                .build())
        .thenApply(
            results -> Futures.get(() -> ReadPlusSegments.of(results, offset, room.remaining())));
  }

  /**
   * Reads by READ_PLUS if the file had holes when it was opened and the server supports READ_PLUS,
   * otherwise by READ. Position and limit do not change.
   *
   * <p>The READ_PLUS of some servers returns wrong results, such as the end of the file in its
   * middle (nfs-ganesha 4.3). In that case the data is read by READ, now and in the future.
   */
  public CompletableFuture<ReadResult> fetch(ByteBuffer into, long offset) {
    long size = attributesAtOpen.sizeBytes();
    if (attributesAtOpen.usedBytes() >= size || !features.has(NfsOpnum4.OP_READ_PLUS)) {
      return calls.read(into, offset);
    }
    return Futures.recover(
        readPlus(into, offset)
            .thenCompose(got ->
                got.eof() && offset + got.bytes() < size
                    ? readInstead(into, offset, got.bytes())
                    : CompletableFuture.completedFuture(new ReadResult(got.bytes(), got.eof()))),
        failure -> {
          CallException call = CallFailures.call(failure);
          return features.lacks(NfsOpnum4.OP_READ_PLUS, call) || call.kind() == Kind.PROTOCOL
              ? readInstead(into, offset, -1)
              : CompletableFuture.failedFuture(call);
        });
  }

  /** Reads by READ, which also reports the end if the file was truncated since it was opened. */
  private CompletableFuture<ReadResult> readInstead(ByteBuffer into, long offset, int believed) {
    return calls
        .read(into, offset)
        .thenApply(result -> {
          if (result.bytes() > believed) {
            features.addUnsupported(NfsOpnum4.OP_READ_PLUS);
          }
          return result;
        });
  }

  /**
   * Sends SEEK (RFC 7862 section 15.11).
   *
   * @return the offset found, or -1 if there is no more data
   */
  public CompletableFuture<Long> seek(long offset, DataContent4 what) {
    return stateids
        .withData(stateid ->
            Compound.of(
                    CompoundOps.put(handle),
                    new NfsArgop4.Seek(new Seek4Args(stateid, offset, what.value())))
                .build())
        .handle((results, failure) -> {
          if (failure != null) {
            CallException call = CallFailures.call(failure);
            // RFC 7862 section 15.11.3: the offset is at or behind the end.
            if (call.is(Nfsstat4.NFS4ERR_NXIO)) {
              return -1L;
            }
            throw new CompletionException(call);
          }
          return Futures.get(() -> found(results, offset, what));
        });
  }

  private static long found(Results results, long offset, DataContent4 what) throws CallException {
    if (results.at(1, NfsResop4.Seek.class).res() instanceof Seek4Res.Ok(var ok)) {
      if (ok.offset() < 0 && !ok.eof()) {
        throw CallException.of(
            Kind.PROTOCOL,
            "SEEK found something at "
                + Long.toUnsignedString(ok.offset())
                + ", where no file reaches");
      }
      // Servers differ in what eof with an offset means. For data it never means "found".
      if (ok.eof() && what == DataContent4.NFS4_CONTENT_DATA) {
        return -1;
      }
      // RFC 7862 section 15.11.3: SEEK searches from the offset on.
      if (ok.offset() >= 0 && ok.offset() < offset) {
        throw CallException.of(
            Kind.PROTOCOL, "SEEK from " + offset + " goes back to " + ok.offset());
      }
      return ok.offset();
    }
    throw results.failure();
  }

  /**
   * Sends ALLOCATE (RFC 7862 section 15.1), which reserves space and makes the file at least as
   * long as the range.
   */
  public CompletableFuture<Void> allocate(long offset, long length) {
    return stateids
        .withData(stateid ->
            Compound.of(CompoundOps.put(handle))
                .add(new NfsArgop4.Allocate(new Allocate4Args(stateid, offset, length)))
                .longRunning()
                .build())
        .thenAccept(done -> {});
  }

  /** Sends DEALLOCATE (RFC 7862 section 15.4), which makes a hole and keeps the file's length. */
  public CompletableFuture<Void> deallocate(long offset, long length) {
    return stateids
        .withData(stateid ->
            Compound.of(CompoundOps.put(handle))
                .add(new NfsArgop4.Deallocate(new Deallocate4Args(stateid, offset, length)))
                .longRunning()
                .build())
        .thenAccept(done -> {});
  }

  /** Sends IO_ADVISE (RFC 7862 section 15.5). Returns the advice that the server follows. */
  public CompletableFuture<Bitmap4> advise(long offset, long length, Bitmap4 hints) {
    return stateids
        .withData(stateid ->
            Compound.of(
                    CompoundOps.put(handle),
                    new NfsArgop4.IoAdvise(new IoAdvise4Args(stateid, offset, length, hints)))
                .build())
        .thenApply(results ->
            Futures.get(() -> {
              if (results.at(1, NfsResop4.IoAdvise.class).res()
                  instanceof IoAdvise4Res.Ok(var ok)) {
                return ok.hints();
              }
              throw results.failure();
            }));
  }
}
