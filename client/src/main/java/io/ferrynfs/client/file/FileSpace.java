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
 * Where a file has data and where holes, and how it will be used: READ_PLUS, SEEK, ALLOCATE,
 * DEALLOCATE, IO_ADVISE (RFC 7862 sections 15.10, 15.11, 15.1, 15.4, 15.5).
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
   * A part of a file as READ_PLUS tells it.
   *
   * @param offset its first byte
   * @param length its bytes; a hole may be longer than what was asked for
   * @param hole whether it is a hole
   */
  public record Segment(long offset, long length, boolean hole) {}

  /**
   * What READ_PLUS gave.
   *
   * @param bytes of the buffer that hold what the file holds, holes as zeros
   * @param eof whether they reach the end of the file
   * @param segments what they are, in order and without gaps
   */
  public record ReadPlusResult(int bytes, boolean eof, List<Segment> segments) {}

  /**
   * READ_PLUS (RFC 7862 section 15.10) into the buffer's room, from its position on: holes do not
   * travel. Position and limit stay as they are.
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
   * What the file holds, by READ_PLUS where it had holes when it was opened and the server has
   * READ_PLUS, else by READ. Position and limit stay as they are.
   *
   * <p>There are servers whose READ_PLUS answers nonsense, or the end of the file in the middle of
   * it (nfs-ganesha 4.3 does). So READ is asked what READ_PLUS could not be believed, and from then
   * on alone.
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

  /** The file may have been cut since it was opened: then READ says so too. */
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
   * SEEK (RFC 7862 section 15.11).
   *
   * @return the offset found, or -1 when there is no more data
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
            // Section 15.11.3: at or beyond the end.
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
      // Servers differ in whether eof with an offset means "found, at the end": for data it never
      // is.
      if (ok.eof() && what == DataContent4.NFS4_CONTENT_DATA) {
        return -1;
      }
      // Section 15.11.3: it looks from the offset on.
      if (ok.offset() >= 0 && ok.offset() < offset) {
        throw CallException.of(
            Kind.PROTOCOL, "SEEK from " + offset + " goes back to " + ok.offset());
      }
      return ok.offset();
    }
    throw results.failure();
  }

  /**
   * ALLOCATE (RFC 7862 section 15.1): WRITEs to the range do not run out of space; the file becomes
   * at least as long as the range.
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

  /** DEALLOCATE (RFC 7862 section 15.4): the range reads as zeros, the file's length stays. */
  public CompletableFuture<Void> deallocate(long offset, long length) {
    return stateids
        .withData(stateid ->
            Compound.of(CompoundOps.put(handle))
                .add(new NfsArgop4.Deallocate(new Deallocate4Args(stateid, offset, length)))
                .longRunning()
                .build())
        .thenAccept(done -> {});
  }

  /** IO_ADVISE (RFC 7862 section 15.5); answers what the server is going to follow. */
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
