package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Getxattr4Args;
import io.ferrynfs.wire.nfs4.Getxattr4Res;
import io.ferrynfs.wire.nfs4.Listxattrs4Args;
import io.ferrynfs.wire.nfs4.Listxattrs4Res;
import io.ferrynfs.wire.nfs4.Listxattrs4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Removexattr4Args;
import io.ferrynfs.wire.nfs4.Setxattr4Args;
import io.ferrynfs.wire.nfs4.SetxattrOption4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The extended attributes of one object (RFC 8276 section 8.4). */
public final class FileXattrs {
  private static final Bitmap4 SUPPORT = Bitmap4.of(Attrs.XATTR_SUPPORT.number());

  /** The maximum that Linux lists for one file. */
  private static final int LIST_BYTES = 64 << 10;

  private final ServerSession session;
  private final ReadDelegations delegations;
  private final Supplier<CompletableFuture<List<NfsArgop4>>> to;

  /**
   * Creates the extended attributes of an object.
   *
   * @param delegations discard cached attributes, because a change of an extended attribute changes
   *     the attribute change, too (RFC 8276 section 8.4.2.3)
   * @param to returns the operations that make the object the current filehandle
   */
  FileXattrs(
      ServerSession session,
      ReadDelegations delegations,
      Supplier<CompletableFuture<List<NfsArgop4>>> to) {
    this.session = session;
    this.delegations = delegations;
    this.to = to;
  }

  private CompletableFuture<Results> call(NfsArgop4 operation) {
    if (session.minorVersion() < 2 && !(operation instanceof NfsArgop4.Getattr)) {
      return CompletableFuture.failedFuture(
          CallException.status(operation.argop(), Nfsstat4.NFS4ERR_NOTSUPP));
    }
    return to.get()
        .thenCompose(walk -> session.call(Compound.of().addAll(walk).add(operation).build()));
  }

  /** Sends an operation that is not idempotent. */
  private CompletableFuture<Results> callOnce(NfsArgop4 operation) {
    return to.get()
        .thenCompose(walk -> session.call(Compound.of().addAll(walk).once(operation).build()));
  }

  /** Returns the attribute xattr_support (RFC 8276 section 8.2.1), false if it is missing. */
  public CompletableFuture<Boolean> isSupported() {
    return call(CompoundOps.getAttributes(SUPPORT))
        .thenApply(results ->
            Futures.get(() -> {
              int last = results.results().size() - 1;
              Boolean supported = FileAttributes.at(results, last).get(Attrs.XATTR_SUPPORT);
              return supported != null && supported;
            }));
  }

  /** Sends GETXATTR. */
  public CompletableFuture<Opaque> get(Opaque name) {
    return call(new NfsArgop4.Getxattr(new Getxattr4Args(name)))
        .thenApply(results ->
            Futures.get(() -> {
              if (results.results().getLast()
                  instanceof NfsResop4.Getxattr(Getxattr4Res.Ok(Opaque value))) {
                return value;
              }
              throw results.failure();
            }));
  }

  /** Sends SETXATTR. Fails with NFS4ERR_XATTR2BIG if the value does not fit a request. */
  public CompletableFuture<Void> set(Opaque name, Opaque value, SetxattrOption4 option) {
    if (value.size() > Nfs4.XATTR_VALUE_BYTES_MAX || value.size() > session.argumentBytesMax()) {
      return CompletableFuture.failedFuture(
          CallException.status(NfsOpnum4.OP_SETXATTR, Nfsstat4.NFS4ERR_XATTR2BIG));
    }
    NfsArgop4 set = new NfsArgop4.Setxattr(new Setxattr4Args(option, name, value));
    boolean repeatable = option != SetxattrOption4.SETXATTR4_CREATE;
    return changing(repeatable ? call(set) : callOnce(set));
  }

  /** Sends REMOVEXATTR. */
  public CompletableFuture<Void> remove(Opaque name) {
    return changing(callOnce(new NfsArgop4.Removexattr(new Removexattr4Args(name))));
  }

  private CompletableFuture<Void> changing(CompletableFuture<Results> change) {
    return change.whenComplete((done, failure) -> delegations.changed()).thenAccept(done -> {});
  }

  /** Returns all names by LISTXATTRS. */
  public CompletableFuture<List<Opaque>> list() {
    return list(new XattrPages());
  }

  private CompletableFuture<List<Opaque>> list(XattrPages pages) {
    long room = Math.min(LIST_BYTES, session.resultBytesMax());
    return Futures.recover(
            call(new NfsArgop4.Listxattrs(new Listxattrs4Args(pages.cookie(), room)))
                .thenApply(results -> Futures.get(() -> page(results))),
            failure -> {
              CallException call = CallFailures.call(failure);
              // Some servers return NFS4ERR_NOXATTR for an empty list (RFC 8276 section 8.4.3.4).
              return call.is(Nfsstat4.NFS4ERR_NOXATTR)
                  ? CompletableFuture.completedFuture(new Listxattrs4Resok(0, List.of(), true))
                  : CompletableFuture.failedFuture(call);
            })
        .thenCompose(page ->
            Futures.get(() -> pages.add(page))
                ? CompletableFuture.completedFuture(pages.names())
                : list(pages));
  }

  private static Listxattrs4Resok page(Results results) throws CallException {
    if (results.results().getLast()
        instanceof NfsResop4.Listxattrs(Listxattrs4Res.Ok(Listxattrs4Resok page))) {
      return page;
    }
    throw results.failure();
  }
}
