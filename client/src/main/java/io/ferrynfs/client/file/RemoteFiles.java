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

/** The name space of one server: what can be done with names. Safe for threads. */
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

  /** Asks a server for its limits. */
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

  /** Operations this server has refused, which are not tried again. */
  public UnsupportedOperations unsupported() {
    return refusals;
  }

  OpenFileTable opens() {
    return opens;
  }

  ReadDelegations delegations() {
    return delegations;
  }

  /** CB_RECALL (RFC 8881 section 20.2). */
  public Nfsstat4 recall(CbRecall4Args args) {
    return delegations.recall(args);
  }

  /** CB_RECALL_ANY (section 20.6). */
  public Nfsstat4 recallAny(CbRecallAny4Args args) {
    return delegations.recallAny(args);
  }

  /** Something that changes attributes is over, whether it was done or not. */
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

  /** SETATTR without an open. */
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

  /** One attribute; fails as an operation that needs it would where the object has none. */
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

  /** The extended attributes of an object. */
  public FileXattrs xattrs(List<Opaque> names) {
    return new FileXattrs(session, delegations, () -> walk.to(names, 0));
  }

  /** CREATE (RFC 8881 section 18.4) of anything but a regular file. */
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

  /** The attributes after a creation, asked for again where only they could not be had. */
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

  /** An operation on two objects: the first as the saved filehandle, the second as the current. */
  private CompletableFuture<Void> withTwo(
      List<Opaque> first, List<Opaque> second, NfsArgop4 operation) {
    int reserved = second.size() + OPERATIONS_OF_TWO_PATHS;
    boolean fits = first.size() + reserved < session.operationsMax();
    CompletableFuture<List<NfsArgop4>> toFirst = walk.to(first, fits ? reserved : 0);
    CompletableFuture<List<NfsArgop4>> toSecond =
        walk.to(second, fits ? first.size() + OPERATIONS_OF_TWO_PATHS : 0);
    if (!fits) {
      // Too many names for one COMPOUND: both by their filehandles.
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

  /** The filehandle of an object. */
  public CompletableFuture<NfsFh4> handle(List<Opaque> names) {
    return walk.to(names, 0).thenCompose(this::handleOf);
  }

  /** One page of a directory (section 18.23). */
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
   * How a file is opened: see the fields of OPEN, section 18.16. A delegation is of use to who
   * reads and keeps the file open, not to who copies it.
   */
  public record How(long access, Create create, boolean truncate, int mode, boolean mayDelegate) {

    /** Without a delegation. */
    public How(long access, Create create, boolean truncate, int mode) {
      this(access, create, truncate, mode, false);
    }

    /** What to do about existence. */
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
   * OPEN with more in the same COMPOUND. Fails only as {@link #open} does: how the rest went is in
   * the results.
   */
  public CompletableFuture<FileOpener.Opened> open(
      List<Opaque> names, How how, FileOpener.Along along) {
    return begun(() -> opening.open(names, how, along));
  }

  /** Notes an open while its reply is missing, so that {@link #closeAll} closes what it opens. */
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

  /** OpenFileTable for reading, as this client, what another client has open on the same server. */
  public CompletableFuture<RemoteOpenFile> openAgain(RemoteOpenFile other) {
    return begun(() -> opening.again(other));
  }

  /** Whether any stream of this client writes anything. */
  public boolean isWriting() {
    return opens.all().stream().anyMatch(RemoteOpenFile::hasWriters);
  }

  /** Whether a stream of this client writes to the file of this open, through whatever open. */
  public boolean isBeingWritten(RemoteOpenFile file) {
    return opens.all().stream()
        .anyMatch(open -> open.handle().equals(file.handle()) && open.hasWriters());
  }

  /** Makes durable what is being written, through whatever open, to the file of this one. */
  public CompletableFuture<Void> flush(RemoteOpenFile file) {
    return CompletableFuture.allOf(
        opens.all().stream()
            .filter(open -> open.handle().equals(file.handle()))
            .map(RemoteOpenFile::flushWriters)
            .toArray(CompletableFuture[]::new));
  }

  /** CB_NOTIFY_LOCK (section 20.11): who waits for a lock of a file asks again at once. */
  public void lockMayBeFree(NfsFh4 file, Opaque lockOwner) {
    opens.all().stream()
        .filter(open -> open.handle().equals(file) && open.owner().owner().equals(lockOwner))
        .forEach(open -> open.locks().notified());
  }

  /**
   * OpenFileTable no more, and closes every file that is open or about to be. Nothing stays
   * delegated.
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
