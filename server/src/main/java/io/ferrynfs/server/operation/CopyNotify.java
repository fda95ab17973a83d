package io.ferrynfs.server.operation;

import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.NfsOperation;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.operation.support.FileUses;
import io.ferrynfs.server.operation.support.Netlocs;
import io.ferrynfs.server.state.CopyNotice;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.CopyNotify4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.CopyNotify4Resok;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * The COPY_NOTIFY operation (RFC 7862 section 15.3), which lets another server read the current
 * file for the user.
 *
 * <p>The destination presents only the stateid that this operation returns. So the stateid has 96
 * random bits and is valid for this file only. It ends with the open of the client, with
 * OFFLOAD_CANCEL, or after one lease without use. The server does not know the address from which
 * the destination will connect (RFC 7862 section 15.3.3). An export may restrict its networks.
 */
final class CopyNotify implements NfsOperation<CopyNotify4Args, CopyNotify4Res> {
  private static final Logger LOG = System.getLogger(CopyNotify.class.getName());

  @Override
  public CopyNotify4Res execute(CopyNotify4Args args, CompoundContext c)
      throws NfsStatusException, StorageException {
    c.checkNotInGrace();
    FileRef file = c.current();
    Netloc4 destination = args.destinationServer();
    Optional<InetAddress> address = Netlocs.address(destination);
    check(file, address, c);
    Stateid4 source = c.resolve(args.srcStateid());
    checkMayRead(file, source, c);
    CopyNotify4Resok draft = reply(c, Stateids.ANONYMOUS, address);
    checkFits(draft, c);
    Principal principal = c.request().principal();
    Stateid4 stateid =
        c.services()
            .state()
            .notifies()
            .add(c.client().clientid(), file.key(), source, new CopyNotice(principal, destination));
    log(c, file, destination);
    return new CopyNotify4Res.Ok(
        new CopyNotify4Resok(draft.leaseTime(), stateid, draft.sourceServer()));
  }

  /** Checks that other servers may read this file. */
  private static void check(FileRef file, Optional<InetAddress> destination, CompoundContext c)
      throws NfsStatusException, StorageException {
    CopySourcePolicy policy = file.export().copySource();
    if (policy.isOff()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOTSUPP);
    }
    Caller caller = c.caller();
    if (!file.volume().attributes(caller, file.handle()).isRegular()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_WRONG_TYPE);
    }
    if (destination.isPresent() && !policy.allows(destination.get())) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_ACCESS);
    }
  }

  /** Checks that the client could READ with the stateid. */
  private static void checkMayRead(FileRef file, Stateid4 stateid, CompoundContext c)
      throws NfsStatusException, StorageException {
    if (Stateids.isSpecial(stateid)) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    FileUses.forRead(c, file, stateid).close();
  }

  private static CopyNotify4Resok reply(
      CompoundContext c, Stateid4 stateid, Optional<InetAddress> destination)
      throws NfsStatusException {
    if (!(c.request().connection().localAddress() instanceof InetSocketAddress own)) {
      // The client did not connect over a network, so this server has no known network address.
      throw new NfsStatusException(Nfsstat4.NFS4ERR_NOTSUPP);
    }
    List<Netloc4> sources = Netlocs.of(c.services().options().announced(), own, destination);
    Nfstime4 lease = new Nfstime4(c.services().limits().leaseSeconds(), 0);
    return new CopyNotify4Resok(lease, stateid, sources);
  }

  /** Checks that the reply fits before the stateid is created. */
  private static void checkFits(CopyNotify4Resok reply, CompoundContext c)
      throws NfsStatusException {
    XdrWriter measured = new XdrWriter();
    reply.encode(measured);
    int bytes = measured.toOpaque().size();
    measured.release();
    // The operation number and the status precede the result.
    if (bytes + 2 * Integer.BYTES > c.replyRoom()) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_REP_TOO_BIG);
    }
  }

  private static void log(CompoundContext c, FileRef file, Netloc4 destination)
      throws NfsStatusException {
    String client = c.client().name();
    LOG.log(
        Level.INFO,
        () ->
            "copy between servers: uid %d at %s (%s) lets %s read %s"
                .formatted(
                    c.request().principal().uid(),
                    Copy.peer(c),
                    client,
                    Netlocs.text(destination),
                    path(c, file)));
  }

  private static String path(CompoundContext c, FileRef file) {
    try (FileUse open =
        c.services().state().opens().anyUse(file.key(), c.request().principal().uid())) {
      return open == null ? file.export().path() : file.displayPath(open.file());
    }
  }

  /** Returns BULK because the log may be on a slow disk. */
  @Override
  public Cost cost(CopyNotify4Args args) {
    return Cost.BULK;
  }

  @Override
  public boolean changesState() {
    return true;
  }
}
