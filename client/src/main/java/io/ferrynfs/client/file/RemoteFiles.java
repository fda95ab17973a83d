package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.attr.Attr;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.CbRecallAny4Args;
import io.ferrynfs.wire.nfs4.Create4Args;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Link4Args;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Readdir4Args;
import io.ferrynfs.wire.nfs4.Readdir4Res;
import io.ferrynfs.wire.nfs4.Readdir4Resok;
import io.ferrynfs.wire.nfs4.Readlink4Res;
import io.ferrynfs.wire.nfs4.Remove4Args;
import io.ferrynfs.wire.nfs4.Rename4Args;
import io.ferrynfs.wire.nfs4.Setattr4Args;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The files of one server, by name. Safe for use by several threads. */
public final class RemoteFiles {

  private static final int OPERATIONS_OF_TWO_PATHS = 4;

  private final ServerSession session;
  private final NegotiatedLimits limits;
  private final PathWalk walk;
  private final ReadDelegations delegations;
  private final OpenFileTable opens;
  private final FileOpener opening;
  private final UnsupportedOperations refusals = new UnsupportedOperations();
  private final Map<Object, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
  private volatile boolean closing;

  private RemoteFiles(
      ServerSession session, NegotiatedLimits limits, FileOpener.Randomness randomness) {
    this.session = session;
    this.limits = limits;
    this.walk = new PathWalk(session);
    this.delegations = new ReadDelegations(session, session::nanoTime, limits.leaseSeconds());
    this.opens = new OpenFileTable(session, delegations);
    this.opening = new FileOpener(this, randomness, new AtomicLong());
    session.reclaimer(opens);
  }

  /** Requests the limits of a server. */
  public static CompletableFuture<RemoteFiles> of(
      ServerSession session, TransferSizes wanted, FileOpener.Randomness randomness) {
    Bitmap4 which =
        Bitmap4.of(
            Attrs.LEASE_TIME.number(),
            Attrs.MAXREAD.number(),
            Attrs.MAXWRITE.number(),
            Attrs.SUPPATTR_EXCLCREAT.number());
    return session
        .call(Compound.of(CompoundOps.putRoot(), CompoundOps.getAttributes(which)).build())
        .thenApply(results ->
            Futures.get(() -> {
              NegotiatedLimits limits =
                  NegotiatedLimits.of(session, FileAttributes.at(results, 1), wanted);
              session.leaseSeconds(limits.leaseSeconds());
              return new RemoteFiles(session, limits, randomness);
            }));
  }

  public ServerSession session() {
    return session;
  }

  public NegotiatedLimits limits() {
    return limits;
  }

  /** Returns the operations that this server is known not to support. */
  public UnsupportedOperations unsupported() {
    return refusals;
  }

  OpenFileTable opens() {
    return opens;
  }

  ReadDelegations delegations() {
    return delegations;
  }

  /** Handles CB_RECALL (RFC 8881 section 20.2). */
  public Nfsstat4 recall(CbRecall4Args args) {
    return delegations.recall(args);
  }

  /** Handles CB_RECALL_ANY (RFC 8881 section 20.6). */
  public Nfsstat4 recallAny(CbRecallAny4Args args) {
    return delegations.recallAny(args);
  }

  /** Discards cached attributes after a change, whether or not it succeeded. */
  private <T> CompletableFuture<T> changing(CompletableFuture<T> change) {
    return change.whenComplete((done, failure) -> delegations.changed());
  }

  PathWalk walk() {
    return walk;
  }

  public CompletableFuture<FileAttributes> attributes(List<Opaque> names) {
    return walk.to(names, 0)
        .thenCompose(to -> {
          Compound.Builder compound = Compound.of().addAll(to);
          int at = compound.next();
          compound.add(CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR));
          return session
              .call(compound.build())
              .thenApply(results -> Futures.get(() -> FileAttributes.at(results, at)));
        });
  }

  /** Sends SETATTR without an open. */
  public CompletableFuture<FileAttributes> setAttributes(List<Opaque> names, Fattr4 changes) {
    return changing(
        walk.to(names, 0)
            .thenCompose(to -> {
              Compound.Builder compound =
                  Compound.of()
                      .addAll(to)
                      .add(new NfsArgop4.Setattr(new Setattr4Args(CompoundOps.ANONYMOUS, changes)));
              int at = compound.next();
              compound.add(CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR));
              return session
                  .call(compound.build())
                  .thenApply(results -> Futures.get(() -> FileAttributes.at(results, at)));
            }));
  }

  /** Returns one attribute. Fails with NFS4ERR_ATTRNOTSUPP if the object does not have it. */
  public <T> CompletableFuture<T> attribute(List<Opaque> names, Attr<T> wanted) {
    return walk.to(names, 0)
        .thenCompose(to -> {
          Compound.Builder compound = Compound.of().addAll(to);
          int at = compound.next();
          compound.add(CompoundOps.getAttributes(Bitmap4.of(wanted.number())));
          return session
              .call(compound.build())
              .thenApply(results ->
                  Futures.get(() -> {
                    T value = FileAttributes.at(results, at).get(wanted);
                    if (value == null) {
                      throw CallException.status(
                          io.ferrynfs.wire.nfs4.NfsOpnum4.OP_GETATTR, Nfsstat4.NFS4ERR_ATTRNOTSUPP);
                    }
                    return value;
                  }));
        });
  }

  /** Returns the extended attributes of an object. */
  public FileXattrs xattrs(List<Opaque> names) {
    return new FileXattrs(session, delegations, () -> walk.to(names, 0));
  }

  /** Sends CREATE (RFC 8881 section 18.4) of an object other than a regular file. */
  public CompletableFuture<FileAttributes> create(
      List<Opaque> names, Createtype4 type, Fattr4 attributes) {
    if (names.isEmpty()) {
      return exists();
    }
    return walk.to(directory(names), 0)
        .thenCompose(to -> {
          Compound.Builder compound =
              Compound.of()
                  .addAll(to)
                  .once(new NfsArgop4.Create(new Create4Args(type, names.getLast(), attributes)));
          int at = compound.next();
          compound.add(CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR));
          return session
              .attempt(compound.build())
              .thenCompose(results -> created(names, results, at));
        });
  }

  /** Returns the attributes after a creation, by another GETATTR if only that failed. */
  private CompletableFuture<FileAttributes> created(
      List<Opaque> names, Results results, int attributesAt) {
    if (results.ok() || results.failedIndex() < attributesAt) {
      return Futures.compose(() -> {
        if (!results.ok()) {
          throw results.failure();
        }
        return CompletableFuture.completedFuture(FileAttributes.at(results, attributesAt));
      });
    }
    return attributes(names);
  }

  public CompletableFuture<Opaque> readlink(List<Opaque> names) {
    return walk.to(names, 0)
        .thenCompose(
            to -> session.call(Compound.of().addAll(to).add(new NfsArgop4.Readlink()).build()))
        .thenApply(results ->
            Futures.get(() -> {
              if (results.results().getLast()
                  instanceof NfsResop4.Readlink(Readlink4Res.Ok(var ok))) {
                return ok.link();
              }
              throw results.failure();
            }));
  }

  public CompletableFuture<Void> remove(List<Opaque> names) {
    if (names.isEmpty()) {
      return CompletableFuture.failedFuture(
          CallException.status(io.ferrynfs.wire.nfs4.NfsOpnum4.OP_REMOVE, Nfsstat4.NFS4ERR_INVAL));
    }
    return changing(
        walk.to(directory(names), 0)
            .thenCompose(to ->
                session.call(
                    Compound.of()
                        .addAll(to)
                        .once(new NfsArgop4.Remove(new Remove4Args(names.getLast())))
                        .build()))
            .thenAccept(results -> {}));
  }

  public CompletableFuture<Void> rename(List<Opaque> from, List<Opaque> to) {
    if (from.isEmpty() || to.isEmpty()) {
      return CompletableFuture.failedFuture(
          CallException.status(io.ferrynfs.wire.nfs4.NfsOpnum4.OP_RENAME, Nfsstat4.NFS4ERR_INVAL));
    }
    return withTwo(
        directory(from),
        directory(to),
        new NfsArgop4.Rename(new Rename4Args(from.getLast(), to.getLast())));
  }

  public CompletableFuture<Void> link(List<Opaque> existing, List<Opaque> name) {
    if (name.isEmpty()) {
      return exists();
    }
    return withTwo(existing, directory(name), new NfsArgop4.Link(new Link4Args(name.getLast())));
  }

  /** Sends an operation with the first object as the saved and the second as the current one. */
  private CompletableFuture<Void> withTwo(
      List<Opaque> first, List<Opaque> second, NfsArgop4 operation) {
    int reserved = second.size() + OPERATIONS_OF_TWO_PATHS;
    boolean fits = first.size() + reserved < session.operationsMax();
    CompletableFuture<List<NfsArgop4>> toFirst = walk.to(first, fits ? reserved : 0);
    CompletableFuture<List<NfsArgop4>> toSecond =
        walk.to(second, fits ? first.size() + OPERATIONS_OF_TWO_PATHS : 0);
    if (!fits) {
      // The names do not fit one COMPOUND, so it uses both filehandles.
      toFirst = toFirst.thenCompose(this::handleOf).thenApply(fh -> List.of(CompoundOps.put(fh)));
      toSecond = toSecond.thenCompose(this::handleOf).thenApply(fh -> List.of(CompoundOps.put(fh)));
    }
    return changing(
        toFirst
            .thenCombine(
                toSecond,
                (one, two) ->
                    Compound.of()
                        .addAll(one)
                        .add(CompoundOps.save())
                        .addAll(two)
                        .once(operation)
                        .build())
            .thenCompose(session::call)
            .thenAccept(results -> {}));
  }

  private CompletableFuture<NfsFh4> handleOf(List<NfsArgop4> to) {
    return session
        .call(Compound.of().addAll(to).add(CompoundOps.getHandle()).build())
        .thenApply(results -> Futures.get(() -> PathWalk.handle(results, to.size())));
  }

  /** Returns the filehandle of an object. */
  public CompletableFuture<NfsFh4> handle(List<Opaque> names) {
    return walk.to(names, 0).thenCompose(this::handleOf);
  }

  /** Returns one page of a directory (READDIR, RFC 8881 section 18.23). */
  public CompletableFuture<Readdir4Resok> list(NfsFh4 directory, long cookie, Verifier4 verifier) {
    int bytes = limits.directoryBytes();
    Readdir4Args args = new Readdir4Args(cookie, verifier, bytes, bytes, FileAttributes.WANTED);
    return session
        .call(Compound.of(CompoundOps.put(directory), new NfsArgop4.Readdir(args)).build())
        .thenApply(results ->
            Futures.get(() -> {
              if (results.at(1, NfsResop4.Readdir.class).res() instanceof Readdir4Res.Ok(var ok)) {
                if (ok.reply().entries().isEmpty() && !ok.reply().eof()) {
                  throw CallException.of(Kind.PROTOCOL, "READDIR gave no entry before the end");
                }
                return ok;
              }
              throw results.failure();
            }));
  }

  /**
   * The parameters of an OPEN (RFC 8881 section 18.16). A delegation is useful for a file that
   * stays open for reading, not for a copy.
   */
  public record How(long access, Create create, boolean truncate, int mode, boolean mayDelegate) {

    /** Creates parameters of an OPEN that wants no delegation. */
    public How(long access, Create create, boolean truncate, int mode) {
      this(access, create, truncate, mode, false);
    }

    /** Whether a missing file is created. */
    public enum Create {
      NEVER,
      IF_MISSING,
      NEW
    }

    boolean writes() {
      return (access & Nfs4.OPEN4_SHARE_ACCESS_WRITE) != 0;
    }
  }

  public CompletableFuture<RemoteOpenFile> open(List<Opaque> names, How how) {
    return begun(() -> opening.open(names, how));
  }

  /**
   * Sends OPEN with other operations in the same COMPOUND. Fails only as {@link #open} does; the
   * outcome of the other operations is in the results.
   */
  public CompletableFuture<FileOpener.Opened> open(
      List<Opaque> names, How how, FileOpener.Along along) {
    return begun(() -> opening.open(names, how, along));
  }

  /** Records a pending OPEN, so that {@link #closeAll} closes the file. */
  private <T> CompletableFuture<T> begun(Supplier<CompletableFuture<T>> open) {
    Object key = new Object();
    CompletableFuture<Void> end = new CompletableFuture<>();
    underWay.put(key, end);
    if (closing) {
      underWay.remove(key);
      return CompletableFuture.failedFuture(CallException.of(Kind.CLOSED, "the client was closed"));
    }
    return open.get()
        .whenComplete((opened, failure) -> {
          underWay.remove(key);
          end.complete(null);
        });
  }

  /** Opens for reading, as this client, a file that another client of the same server has open. */
  public CompletableFuture<RemoteOpenFile> openAgain(RemoteOpenFile other) {
    return begun(() -> opening.again(other));
  }

  /** Returns whether a stream of this client is writing. */
  public boolean isWriting() {
    return opens.all().stream().anyMatch(RemoteOpenFile::hasWriters);
  }

  /** Returns whether a stream of this client writes to the same file, through any open. */
  public boolean isBeingWritten(RemoteOpenFile file) {
    return opens.all().stream()
        .anyMatch(open -> open.handle().equals(file.handle()) && open.hasWriters());
  }

  /**
   * Makes the data durable that streams of this client wrote to the same file, through any open.
   */
  public CompletableFuture<Void> flush(RemoteOpenFile file) {
    return CompletableFuture.allOf(
        opens.all().stream()
            .filter(open -> open.handle().equals(file.handle()))
            .map(RemoteOpenFile::flushWriters)
            .toArray(CompletableFuture[]::new));
  }

  /** Handles CB_NOTIFY_LOCK (RFC 8881 section 20.11): sends the waiting lock requests again. */
  public void lockMayBeFree(NfsFh4 file, Opaque lockOwner) {
    opens.all().stream()
        .filter(open -> open.handle().equals(file) && open.owner().owner().equals(lockOwner))
        .forEach(open -> open.locks().notified());
  }

  /**
   * Closes every file that is open or being opened, and returns all delegations. Later opens fail.
   */
  public CompletableFuture<Void> closeAll() {
    closing = true;
    return CompletableFuture.allOf(underWay.values().toArray(CompletableFuture[]::new))
        .thenCompose(opened ->
            CompletableFuture.allOf(
                opens.all().stream()
                    .map(file -> file.closeNow().exceptionally(gone -> null))
                    .toArray(CompletableFuture[]::new)))
        .thenCompose(closed -> delegations.allReturned());
  }

  static List<Opaque> directory(List<Opaque> names) {
    return names.subList(0, names.size() - 1);
  }

  private static <T> CompletableFuture<T> exists() {
    return CompletableFuture.failedFuture(
        CallException.status(io.ferrynfs.wire.nfs4.NfsOpnum4.OP_CREATE, Nfsstat4.NFS4ERR_EXIST));
  }
}
