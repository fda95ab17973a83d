package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.Commit4Args;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Setattr4Args;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.Write4Args;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.nfs4.Write4Resok;
import io.ferrynfs.wire.xdr.BufferPayload;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** READ, WRITE, COMMIT, GETATTR and SETATTR of one open file. */
final class FileCalls {

  /** Offset and count of a COMMIT of the whole file (RFC 8881 section 18.3.3). */
  private static final long WHOLE_FILE = 0;

  /** The maximum of count4. */
  private static final long COMMIT_BYTES_MAX = 0xFFFF_FFFFL;

  private final ServerSession session;
  private final NfsFh4 handle;
  private final StateidCalls stateids;
  private final ReadDelegations delegations;

  FileCalls(
      ServerSession session, NfsFh4 handle, StateidCalls stateids, ReadDelegations delegations) {
    this.session = session;
    this.handle = handle;
    this.stateids = stateids;
    this.delegations = delegations;
  }

  CompletableFuture<ReadResult> read(ByteBuffer into, long offset) {
    ByteBuffer room = into.slice();
    return stateids
        .withData(stateid ->
            Compound.of(
                    CompoundOps.put(handle),
                    new NfsArgop4.Read(new Read4Args(stateid, offset, room.remaining())))
                .readInto(room)
                .build())
        .thenApply(results -> Futures.get(() -> read(results, room.remaining())));
  }

  private static ReadResult read(Results results, int requested) throws CallException {
    if (results.at(1, NfsResop4.Read.class).res() instanceof Read4Res.Ok(var ok)) {
      if (ok.data().length() == 0 && !ok.eof() && requested > 0) {
        throw CallException.of(Kind.PROTOCOL, "READ returned no data before the end of the file");
      }
      return new ReadResult(ok.data().length(), ok.eof());
    }
    throw results.failure();
  }

  CompletableFuture<WriteResult> write(ByteBuffer from, long offset, boolean stable) {
    BufferPayload data = new BufferPayload(from);
    StableHow4 how = stable ? StableHow4.FILE_SYNC4 : StableHow4.UNSTABLE4;
    return stateids
        .withData(stateid ->
            Compound.of(CompoundOps.put(handle))
                .add(new NfsArgop4.Write(new Write4Args(stateid, offset, how, data)))
                .build())
        .thenApply(results -> Futures.get(() -> written(results, data.length())));
  }

  private static WriteResult written(Results results, int requested) throws CallException {
    if (results.at(1, NfsResop4.Write.class).res() instanceof Write4Res.Ok(Write4Resok ok)) {
      if (ok.count() > requested || (ok.count() == 0 && requested > 0)) {
        throw CallException.of(
            Kind.PROTOCOL, "WRITE of " + requested + " bytes returned a count of " + ok.count());
      }
      return new WriteResult(
          (int) ok.count(), ok.committed() != StableHow4.UNSTABLE4, ok.writeverf());
    }
    throw results.failure();
  }

  CompletableFuture<Verifier4> commit() {
    return commit(WHOLE_FILE, WHOLE_FILE);
  }

  /** Commits a range, or all from its offset if the count exceeds a count4. */
  CompletableFuture<Verifier4> commit(long offset, long bytes) {
    long count = bytes > COMMIT_BYTES_MAX ? WHOLE_FILE : bytes;
    return session
        .call(
            Compound.of(
                    CompoundOps.put(handle), new NfsArgop4.Commit(new Commit4Args(offset, count)))
                .longRunning()
                .build())
        .thenApply(results ->
            Futures.get(() -> {
              if (results.at(1, NfsResop4.Commit.class).res() instanceof Commit4Res.Ok(var ok)) {
                return ok.writeverf();
              }
              throw results.failure();
            }));
  }

  /** Returns the attributes from the cache while a delegation keeps them valid. */
  CompletableFuture<FileAttributes> currentAttributes() {
    Optional<FileAttributes> known = delegations.attributes(handle);
    if (known.isPresent()) {
      return CompletableFuture.completedFuture(known.get());
    }
    ReadDelegations.AttributeRequest request = delegations.beginRequest();
    return attributes()
        .thenApply(attributes -> {
          delegations.cache(handle, request, attributes);
          return attributes;
        });
  }

  CompletableFuture<FileAttributes> attributes() {
    return session
        .call(
            Compound.of(
                    CompoundOps.put(handle),
                    CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR))
                .build())
        .thenApply(results -> Futures.get(() -> FileAttributes.at(results, 1)));
  }

  CompletableFuture<FileAttributes> setAttributes(Fattr4 changes) {
    return stateids
        .withData(stateid ->
            Compound.of(
                    CompoundOps.put(handle),
                    new NfsArgop4.Setattr(new Setattr4Args(stateid, changes)),
                    CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR))
                .build())
        .whenComplete((done, failure) -> delegations.changed())
        .thenApply(results -> Futures.get(() -> FileAttributes.at(results, 2)));
  }
}
