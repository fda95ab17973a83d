package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Resok;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/**
 * An open regular file. Each method sends one request; nothing is buffered. Safe for use by several
 * threads.
 *
 * <p>Each open has an open-owner of its own, so a change of its stateid concerns no other open. If
 * the server does not know the stateid, the file is opened again by its filehandle and the request
 * is sent again; see {@link StateidCalls}. Locks are not requested again; see {@link
 * ByteRangeLocks}.
 */
public final class RemoteOpenFile {

  private final RemoteFiles files;
  private final NfsFh4 handle;
  private final StateOwner4 owner;
  private final long shareAccess;
  private final FileAttributes attributesAtOpen;
  private final OpenStateid state;
  private final ServerFeatures features;
  private final FileCalls calls;
  private final FileSpace space;
  private final CopyCalls copies;
  private final ByteRangeLocks locks;
  private final WriteLedger ledger = new WriteLedger();
  private final PendingFileWork uses = new PendingFileWork();

  RemoteOpenFile(
      RemoteFiles files,
      NfsFh4 handle,
      StateOwner4 owner,
      long shareAccess,
      Stateid4 stateid,
      FileAttributes attributesAtOpen) {
    ServerSession session = files.session();
    this.files = files;
    this.handle = handle;
    this.owner = owner;
    this.shareAccess = shareAccess;
    this.attributesAtOpen = attributesAtOpen;
    this.state = new OpenStateid(stateid);
    this.features = new ServerFeatures(session, files.unsupported(), attributesAtOpen.fsid());
    HeldRanges ranges = new HeldRanges();
    StateidCalls stateids =
        new StateidCalls(session, state, ranges, () -> files.opens().reopen(this));
    LockCalls lockCalls = new LockCalls(session, handle, owner, state, stateids, ranges);
    this.locks = new ByteRangeLocks(ranges, lockCalls, new LockQueue(session.env(), lockCalls));
    this.calls = new FileCalls(session, handle, stateids, files.delegations());
    this.space = new FileSpace(handle, stateids, calls, features, attributesAtOpen);
    this.copies = new CopyCalls(handle, stateids);
  }

  /** Returns the files of the server that this file is on. */
  public RemoteFiles files() {
    return files;
  }

  public NfsFh4 handle() {
    return handle;
  }

  /** Returns the attributes in the reply to OPEN. */
  public FileAttributes attributesAtOpen() {
    return attributesAtOpen;
  }

  /** Returns the stateid for data: that of the locks if a range is locked, otherwise the open's. */
  public Stateid4 dataStateid() {
    Stateid4 lock = locks.ranges().stateidIfLocked();
    return CompoundOps.forData(lock == null ? state.stateid() : lock);
  }

  /** Returns the byte-range locks of this file. */
  public ByteRangeLocks locks() {
    return locks;
  }

  /** Returns the operations on data and holes of this file. */
  public FileSpace space() {
    return space;
  }

  /** Returns the extended attributes of this file. */
  public FileXattrs xattrs() {
    return new FileXattrs(
        files.session(),
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

  /** Returns whether the file's server may support an operation of NFSv4.2, as far as is known. */
  public boolean has(NfsOpnum4 operation) {
    return features.has(operation);
  }

  /** Returns whether an error means that the server lacks an operation, and remembers it. */
  public boolean lacks(NfsOpnum4 operation, CallException failure) {
    return features.lacks(operation, failure);
  }

  /**
   * Returns whether the server is known not to support an operation on this file system (F-010).
   */
  public boolean isUnsupported(NfsOpnum4 operation) {
    return features.isUnsupported(operation);
  }

  /** Remembers that the server does not support an operation on this file system (F-010). */
  public void addUnsupported(NfsOpnum4 operation) {
    features.addUnsupported(operation);
  }

  /**
   * Sends READ (RFC 8881 section 18.22) into the buffer's room, from its position on. Position and
   * limit do not change.
   */
  public CompletableFuture<ReadResult> read(ByteBuffer into, long offset) {
    return calls.read(into, offset);
  }

  /**
   * Sends WRITE (RFC 8881 section 18.32) of the remaining bytes of a buffer, whose position and
   * limit do not change. The server may write fewer bytes.
   */
  public CompletableFuture<WriteResult> write(ByteBuffer from, long offset, boolean stable) {
    return calls.write(from, offset, stable);
  }

  /** Sends COMMIT of the whole file (RFC 8881 section 18.3). */
  public CompletableFuture<Verifier4> commit() {
    return calls.commit();
  }

  /** Sends COMMIT of a range, or of all from its offset if the count exceeds a count4. */
  public CompletableFuture<Verifier4> commit(long offset, long bytes) {
    return calls.commit(offset, bytes);
  }

  /** Records a WRITE whose durability {@link #sync} has to ensure. */
  public void note(WriteResult result) {
    if (!result.stable()) {
      ledger.unstable(result.verifier());
    }
  }

  /** Makes all recorded writes durable. Fails with DATA_LOST if the server lost some of them. */
  public CompletableFuture<Void> sync() {
    CompletableFuture<Void> committed = CompletableFuture.completedFuture(null);
    if (ledger.needsCommit()) {
      long mark = ledger.mark();
      committed = commit().thenAccept(verifier -> ledger.committed(mark, verifier));
    }
    return committed.thenRun(() -> {
      if (ledger.takeLost()) {
        throw new CompletionException(
            CallException.of(
                Kind.DATA_LOST,
                "the server restarted and may have lost data that was not yet durable"));
      }
    });
  }

  /** Returns the attributes; from the cache while a delegation keeps them valid. */
  public CompletableFuture<FileAttributes> currentAttributes() {
    return calls.currentAttributes();
  }

  /** Sends GETATTR. */
  public CompletableFuture<FileAttributes> attributes() {
    return calls.attributes();
  }

  /** Sends SETATTR (RFC 8881 section 18.30) and GETATTR. */
  public CompletableFuture<FileAttributes> setAttributes(Fattr4 changes) {
    return calls.setAttributes(changes);
  }

  /**
   * Sends COPY from this file to another one of the same client (RFC 7862 section 15.2). An error
   * status is a result.
   */
  public CompletableFuture<Results> copy(
      long offset,
      RemoteOpenFile to,
      long toOffset,
      long count,
      boolean consecutive,
      boolean synchronous) {
    return copies.copy(offset, to.copies, toOffset, count, consecutive, synchronous);
  }

  /**
   * Sends COPY from a file of another server into this one (RFC 7862 section 15.2). An error status
   * is a result.
   *
   * @param source the filehandle of the other server
   * @param args returns the arguments, given this file's stateid
   */
  public CompletableFuture<Results> copyFrom(NfsFh4 source, Function<Stateid4, Copy4Args> args) {
    return copies.copyFrom(source, args);
  }

  /** Sends COPY_NOTIFY (RFC 7862 section 15.3), which lets another server read this file. */
  public CompletableFuture<CopyNotify4Resok> copyNotify(Netloc4 destination) {
    return copies.copyNotify(destination);
  }

  /**
   * Sends CLONE from this file to another one of the same client (RFC 7862 section 15.13). An error
   * status is a result.
   */
  public CompletableFuture<Results> clone(
      long offset, RemoteOpenFile to, long toOffset, long count) {
    return copies.clone(offset, to.copies, toOffset, count);
  }

  void addWriter(WriteBehind writer) {
    uses.addWriter(writer);
  }

  void removeWriter(WriteBehind writer) {
    uses.removeWriter(writer);
  }

  boolean hasWriters() {
    return uses.hasWriters();
  }

  /** Makes the data written so far by the writers of this open durable. */
  CompletableFuture<Void> flushWriters() {
    return uses.flushWriters();
  }

  /** Adds work that uses this file: {@link #close} waits for its end. */
  public <T> CompletableFuture<T> usedBy(CompletableFuture<T> work) {
    return uses.add(work);
  }

  /**
   * Closes the file after the work that uses it has ended, so that no server writes to a closed
   * file (K-030).
   *
   * @return fails only if there was no reply
   */
  public CompletableFuture<Void> close() {
    return uses.ended().thenCompose(done -> closeNow());
  }

  /** Closes the file at once. The state is released locally even if the server returns an error. */
  CompletableFuture<Void> closeNow() {
    return end() ? FileCloser.close(this) : CompletableFuture.completedFuture(null);
  }

  /**
   * Closes the file as {@link #close} does, with a GETATTR in the same COMPOUND.
   *
   * @return the attributes before CLOSE, empty if the server did not return them
   */
  public CompletableFuture<Optional<FileAttributes>> closeWithAttributes() {
    return uses.ended()
        .thenCompose(done ->
            end()
                ? FileCloser.closeWithAttributes(this)
                : CompletableFuture.completedFuture(Optional.empty()));
  }

  /** Releases the state after a CLOSE in another COMPOUND succeeded. */
  public void closedAlready() {
    var _ = end();
    FileCloser.returnDelegation(this);
  }

  /** Returns whether the file was open until now. */
  private boolean end() {
    boolean wasOpen = state.close();
    files.opens().remove(this);
    return wasOpen;
  }

  /** Closes the file after some work, and returns the outcome of the work. */
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
}
