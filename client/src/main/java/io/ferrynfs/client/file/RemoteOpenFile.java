package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Commit4Args;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.CopyNotify4Resok;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Setattr4Args;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.Write4Args;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.nfs4.Write4Resok;
import io.ferrynfs.wire.xdr.BufferPayload;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * An open regular file: one operation per call, no buffering.
 *
 * <p>Each open has an open-owner of its own, so that what one does to its stateid never concerns
 * another. When the server does not know the stateid any more, the file is opened anew by its
 * filehandle and the call repeated; but what was locked is not locked anew, see {@link
 * ByteRangeLocks}.
 */
public final class RemoteOpenFile {

  private static final int ATTEMPTS_MAX = 3;

  /** The stateid that a COPY between servers is refused for need not be this one. */
  private static final int COPIES_FROM_MAX = 2;

  /** Offset and count of a COMMIT that means all (RFC 8881 section 18.3.3). */
  private static final long WHOLE_FILE = 0;

  /** count4 has 32 bits. */
  private static final long COMMIT_BYTES_MAX = 0xFFFF_FFFFL;

  private final RemoteFiles files;
  private final NfsFh4 handle;
  private final StateOwner4 owner;
  private final long shareAccess;
  private final OpenStateid state;
  private final WriteLedger ledger = new WriteLedger();
  private final Set<WriteBehind> writers = ConcurrentHashMap.newKeySet();
  private final Map<Object, CompletableFuture<?>> uses = new ConcurrentHashMap<>();
  private final FileAttributes attributesAtOpen;
  private final ByteRangeLocks locks = new ByteRangeLocks(this);

  RemoteOpenFile(
      RemoteFiles files,
      NfsFh4 handle,
      StateOwner4 owner,
      long shareAccess,
      Stateid4 stateid,
      FileAttributes attributesAtOpen) {
    this.files = files;
    this.handle = handle;
    this.owner = owner;
    this.shareAccess = shareAccess;
    this.state = new OpenStateid(stateid);
    this.attributesAtOpen = attributesAtOpen;
  }

  /** The server the file is on. */
  public RemoteFiles files() {
    return files;
  }

  public NfsFh4 handle() {
    return handle;
  }

  /** The attributes in the reply to OPEN. */
  public FileAttributes attributesAtOpen() {
    return attributesAtOpen;
  }

  /** The stateid for COPY and its like: of the locks, while there are some. */
  public Stateid4 dataStateid() {
    Stateid4 lock = locks.stateidIfAny();
    return CompoundOps.forData(lock == null ? state.stateid() : lock);
  }

  /** What of it is locked. */
  public ByteRangeLocks locks() {
    return locks;
  }

  /** The same as {@link #dataStateid}, with its seqid, unless it is no good. */
  private Stateid4 usable() throws CallException {
    Stateid4 open = state.usable();
    Stateid4 lock = locks.usable();
    return lock == null ? open : lock;
  }

  /** Where it has data and where holes. */
  public FileSpace space() {
    return new FileSpace(this);
  }

  /** Its extended attributes. */
  public FileXattrs xattrs() {
    return new FileXattrs(
        session(),
        files.delegations(),
        () -> CompletableFuture.completedFuture(List.of(CompoundOps.put(handle))));
  }

  StateOwner4 owner() {
    return owner;
  }

  long shareAccess() {
    return shareAccess;
  }

  boolean writes() {
    return (shareAccess & Nfs4.OPEN4_SHARE_ACCESS_WRITE) != 0;
  }

  OpenStateid state() {
    return state;
  }

  private ServerSession session() {
    return files.session();
  }

  /** The bytes of a READ and whether they reach the end of the file. */
  public record ReadResult(int bytes, boolean eof) {}

  /** What a WRITE did. */
  public record WriteResult(int bytes, boolean stable, Verifier4 verifier) {}

  /**
   * READ (RFC 8881 section 18.22) into the buffer's room, from its position on. Position and limit
   * stay as they are.
   */
  public CompletableFuture<ReadResult> read(ByteBuffer into, long offset) {
    ByteBuffer room = into.slice();
    return withState(stateid ->
            Compound.of(
                    CompoundOps.put(handle),
                    new NfsArgop4.Read(new Read4Args(stateid, offset, room.remaining())))
                .readInto(room)
                .build())
        .thenApply(results -> {
          if (results.results().get(1) instanceof NfsResop4.Read(Read4Res.Ok(var ok))) {
            if (ok.data().length() == 0 && !ok.eof() && room.hasRemaining()) {
              throw new java.util.concurrent.CompletionException(
                  CallException.of(Kind.PROTOCOL, "READ gave no data before the end"));
            }
            return new ReadResult(ok.data().length(), ok.eof());
          }
          throw new java.util.concurrent.CompletionException(results.failure());
        });
  }

  /**
   * Whether the file's server may have an operation of NFSv4.2: nothing is known to the contrary.
   */
  public boolean has(NfsOpnum4 operation) {
    return session().minorVersion() >= 2
        && !files.refusals().isRefused(operation, attributesAtOpen.fsid());
  }

  /** Whether a failure says that the server does not have an operation, which is remembered. */
  public boolean lacks(NfsOpnum4 operation, CallException failure) {
    boolean lacks = failure.is(Nfsstat4.NFS4ERR_NOTSUPP) || failure.is(Nfsstat4.NFS4ERR_OP_ILLEGAL);
    if (lacks) {
      files.refusals().refused(operation, attributesAtOpen.fsid());
    }
    return lacks;
  }

  /** WRITE (section 18.32) of what remains in the buffer, which stays as it is. May be short. */
  public CompletableFuture<WriteResult> write(ByteBuffer from, long offset, boolean stable) {
    BufferPayload data = new BufferPayload(from);
    StableHow4 how = stable ? StableHow4.FILE_SYNC4 : StableHow4.UNSTABLE4;
    return withState(stateid ->
            Compound.of(CompoundOps.put(handle))
                .add(new NfsArgop4.Write(new Write4Args(stateid, offset, how, data)))
                .build())
        .thenApply(results -> Futures.get(() -> written(results, data.length())));
  }

  private static WriteResult written(Results results, int asked) throws CallException {
    if (results.at(1, NfsResop4.Write.class).res() instanceof Write4Res.Ok(Write4Resok ok)) {
      if (ok.count() > asked || (ok.count() == 0 && asked > 0)) {
        throw CallException.of(Kind.PROTOCOL, "WRITE of " + asked + " answered " + ok.count());
      }
      return new WriteResult(
          (int) ok.count(), ok.committed() != StableHow4.UNSTABLE4, ok.writeverf());
    }
    throw results.failure();
  }

  /** COMMIT of the whole file (section 18.3). */
  public CompletableFuture<Verifier4> commit() {
    return commit(WHOLE_FILE, WHOLE_FILE);
  }

  /** COMMIT of a range; of all from its start where the count field is too small for it. */
  public CompletableFuture<Verifier4> commit(long offset, long bytes) {
    long count = bytes > COMMIT_BYTES_MAX ? WHOLE_FILE : bytes;
    return session()
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

  /**
   * What was written through {@link #write} and reported here is what {@link #sync} answers for.
   */
  public void note(WriteResult result) {
    if (!result.stable()) {
      ledger.unstable(result.verifier());
    }
  }

  /** Makes everything noted durable; fails with DATA_LOST if the server has lost some of it. */
  public CompletableFuture<Void> sync() {
    CompletableFuture<Void> committed = CompletableFuture.completedFuture(null);
    if (ledger.needsCommit()) {
      long mark = ledger.mark();
      committed = commit().thenAccept(verifier -> ledger.committed(mark, verifier));
    }
    return committed.thenRun(() -> {
      if (ledger.takeLost()) {
        throw new java.util.concurrent.CompletionException(
            CallException.of(
                Kind.DATA_LOST,
                "the server restarted and may have lost data that was not yet durable"));
      }
    });
  }

  /** The same as {@link #attributes}, without asking where a delegation says what they are. */
  public CompletableFuture<FileAttributes> currentAttributes() {
    Optional<FileAttributes> known = files.delegations().attributes(handle);
    if (known.isPresent()) {
      return CompletableFuture.completedFuture(known.get());
    }
    ReadDelegations.Look look = files.delegations().look();
    return attributes()
        .thenApply(told -> {
          files.delegations().learned(handle, look, told);
          return told;
        });
  }

  /** GETATTR. */
  public CompletableFuture<FileAttributes> attributes() {
    return session()
        .call(
            Compound.of(
                    CompoundOps.put(handle),
                    CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR))
                .build())
        .thenApply(results -> Futures.get(() -> FileAttributes.at(results, 1)));
  }

  /** SETATTR (section 18.30) with the open's stateid, and GETATTR. */
  public CompletableFuture<FileAttributes> setAttributes(Fattr4 changes) {
    return withState(stateid ->
            Compound.of(
                    CompoundOps.put(handle),
                    new NfsArgop4.Setattr(new Setattr4Args(stateid, changes)),
                    CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR))
                .build())
        .whenComplete((done, failure) -> files.delegations().changed())
        .thenApply(results -> Futures.get(() -> FileAttributes.at(results, 2)));
  }

  /**
   * COPY inside the server, from this file to another (RFC 7862 section 15.2). Alone in its
   * COMPOUND, so that there is never a doubt which copy a stateid is of (copy-conformance B-004).
   */
  public CompletableFuture<Results> copy(
      long offset,
      RemoteOpenFile to,
      long toOffset,
      long count,
      boolean consecutive,
      boolean synchronous) {
    return withStates(
        to,
        (from, into) ->
            between(to)
                .once(
                    new NfsArgop4.Copy(
                        new Copy4Args(
                            from,
                            into,
                            offset,
                            toOffset,
                            count,
                            consecutive,
                            synchronous,
                            List.of())))
                .longRunning()
                .build());
  }

  /**
   * COPY from another server into this file (RFC 7862 section 15.2), an error being a result. The
   * source's filehandle is that server's, and passed to this one as it is.
   *
   * @param args the arguments, with this open's stateid
   */
  public CompletableFuture<Results> copyFrom(NfsFh4 source, Function<Stateid4, Copy4Args> args) {
    return attemptCopyFrom(source, args, 1);
  }

  private CompletableFuture<Results> attemptCopyFrom(
      NfsFh4 source, Function<Stateid4, Copy4Args> args, int number) {
    Stateid4 used;
    try {
      used = usable();
    } catch (CallException closed) {
      return CompletableFuture.failedFuture(closed);
    }
    Compound compound =
        Compound.of(CompoundOps.put(source), CompoundOps.save(), CompoundOps.put(handle))
            .once(new NfsArgop4.Copy(args.apply(CompoundOps.forData(used))))
            .longRunning()
            .build();
    return session()
        .attempt(compound)
        .thenCompose(results ->
            number >= COPIES_FROM_MAX || !OpenStateid.isLost(results.status())
                ? CompletableFuture.completedFuture(results)
                : regain(used, results.failure())
                    .thenCompose(done -> attemptCopyFrom(source, args, number + 1)));
  }

  /** COPY_NOTIFY (RFC 7862 section 15.3): lets another server read this file. */
  public CompletableFuture<CopyNotify4Resok> copyNotify(Netloc4 destination) {
    return withState(stateid ->
            Compound.of(
                    CompoundOps.put(handle),
                    new NfsArgop4.CopyNotify(new CopyNotify4Args(stateid, destination)))
                .build())
        .thenApply(results ->
            Futures.get(() -> {
              if (results.at(1, NfsResop4.CopyNotify.class).res()
                  instanceof CopyNotify4Res.Ok(var ok)) {
                return ok;
              }
              throw results.failure();
            }));
  }

  /** CLONE inside the server (RFC 7862 section 15.13). */
  public CompletableFuture<Results> clone(
      long offset, RemoteOpenFile to, long toOffset, long count) {
    return withStates(
        to,
        (from, into) ->
            between(to)
                .add(new NfsArgop4.Clone(new Clone4Args(from, into, offset, toOffset, count)))
                .longRunning()
                .build());
  }

  private Compound.Builder between(RemoteOpenFile to) {
    return Compound.of(CompoundOps.put(handle), CompoundOps.save(), CompoundOps.put(to.handle));
  }

  void writes(WriteBehind writer) {
    writers.add(writer);
  }

  void writesNoMore(WriteBehind writer) {
    writers.remove(writer);
  }

  boolean hasWriters() {
    return !writers.isEmpty();
  }

  /** Makes durable what was given to the writers of this open until now. */
  CompletableFuture<Void> flushWriters() {
    return CompletableFuture.allOf(
        writers.stream().map(WriteBehind::flush).toArray(CompletableFuture[]::new));
  }

  /** Some work on this file that others began: the file is not closed before it ends. */
  public <T> CompletableFuture<T> usedBy(CompletableFuture<T> work) {
    Object use = new Object();
    uses.put(use, work);
    var _ = work.whenComplete((value, failure) -> uses.remove(use));
    return work;
  }

  /**
   * CLOSE (RFC 8881 section 18.2), after what others do with the file: a server that copies into it
   * has stopped before (copy-conformance K-030).
   *
   * @return fails only when the server could not be asked
   */
  public CompletableFuture<Void> close() {
    return CompletableFuture.allOf(uses.values().toArray(CompletableFuture[]::new))
        .handle((done, ignored) -> true)
        .thenCompose(done -> closeNow());
  }

  /** CLOSE without waiting. The state is gone here whatever the server answers. */
  CompletableFuture<Void> closeNow() {
    return end() ? FileCloser.close(this) : CompletableFuture.completedFuture(null);
  }

  /**
   * {@link #close}, with a last look at the file in the same call.
   *
   * @return the attributes just before, empty if the server did not give them
   */
  public CompletableFuture<Optional<FileAttributes>> closeLooking() {
    return CompletableFuture.allOf(uses.values().toArray(CompletableFuture[]::new))
        .handle((done, ignored) -> true)
        .thenCompose(done ->
            end()
                ? FileCloser.closeLooking(this)
                : CompletableFuture.completedFuture(Optional.empty()));
  }

  /** CLOSE was in a COMPOUND of somebody else's, and succeeded: there is nothing left to close. */
  public void closedAlready() {
    var _ = end();
    FileCloser.giveDelegationBack(this);
  }

  /** Whether it was open until now. */
  private boolean end() {
    boolean was = state.close();
    files.opens().remove(this);
    return was;
  }

  /** The outcome of some work on the file, after closing it. */
  public <T> CompletableFuture<T> closeAfter(CompletableFuture<T> work) {
    CompletableFuture<T> closed = new CompletableFuture<>();
    var _ =
        work.whenComplete((value, failure) -> {
          var _ =
              close()
                  .whenComplete((done, ignored) -> {
                    if (failure == null) {
                      closed.complete(value);
                    } else {
                      closed.completeExceptionally(CallFailures.cause(failure));
                    }
                  });
        });
    return closed;
  }

  /** Which stateid to use, unless there is none. */
  @FunctionalInterface
  private interface Usable {
    Stateid4 get() throws CallException;
  }

  /** Something with the stateid to read and write by; a lost open is opened anew. */
  CompletableFuture<Results> withState(Function<Stateid4, Compound> build) {
    return attempt(this::usable, build, 1);
  }

  /** The same with the stateid of the open itself. */
  CompletableFuture<Results> withOpen(Function<Stateid4, Compound> build) {
    return attempt(state::usable, build, 1);
  }

  private CompletableFuture<Results> attempt(
      Usable stateid, Function<Stateid4, Compound> build, int number) {
    Stateid4 used;
    try {
      used = stateid.get();
    } catch (CallException closed) {
      return CompletableFuture.failedFuture(closed);
    }
    return Futures.recover(
        session().call(build.apply(CompoundOps.forData(used))),
        failure -> {
          CallException call = CallFailures.call(failure);
          if (number >= ATTEMPTS_MAX || !OpenStateid.isLost(call.status())) {
            return CompletableFuture.failedFuture(call);
          }
          return regain(used, call).thenCompose(done -> attempt(stateid, build, number + 1));
        });
  }

  /** OpenFileTable the file anew unless somebody has done so since the stateid was used. */
  private CompletableFuture<Void> regain(Stateid4 used, CallException why) {
    if (locks.loses(used) || !state.stateid().equals(used)) {
      return CompletableFuture.completedFuture(null);
    }
    return files
        .opens()
        .reopen(this)
        .thenCompose(done -> {
          if (state.stateid().equals(used)) {
            state.giveUp();
            return CompletableFuture.failedFuture(
                CallException.of(
                    Kind.STATE_LOST, "the server has lost this open file (" + why.status() + ")"));
          }
          return CompletableFuture.completedFuture(null);
        });
  }

  /** Something with the stateids of two files, an error being a result. */
  private CompletableFuture<Results> withStates(
      RemoteOpenFile other, java.util.function.BiFunction<Stateid4, Stateid4, Compound> build) {
    return attemptBoth(other, build, 1);
  }

  private CompletableFuture<Results> attemptBoth(
      RemoteOpenFile other,
      java.util.function.BiFunction<Stateid4, Stateid4, Compound> build,
      int number) {
    Stateid4 mine;
    Stateid4 theirs;
    try {
      mine = usable();
      theirs = other.usable();
    } catch (CallException closed) {
      return CompletableFuture.failedFuture(closed);
    }
    return session()
        .attempt(build.apply(CompoundOps.forData(mine), CompoundOps.forData(theirs)))
        .thenCompose(results -> {
          if (number >= ATTEMPTS_MAX || !OpenStateid.isLost(results.status())) {
            return CompletableFuture.completedFuture(results);
          }
          // COPY does not say which of the two it means.
          return regain(mine, results.failure())
              .thenCompose(done -> other.regain(theirs, results.failure()))
              .thenCompose(done -> attemptBoth(other, build, number + 1));
        });
  }
}
