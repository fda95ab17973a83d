package io.ferrynfs.server.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.server.ServerIdentity;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.nfs4.ClientOwner4;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ServerOwner4;
import io.ferrynfs.wire.nfs4.SsvSpParms4;
import io.ferrynfs.wire.nfs4.StateProtect4A;
import io.ferrynfs.wire.nfs4.StateProtect4R;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** EXCHANGE_ID (RFC 8881 section 18.35). */
final class ClientExchange {
  private static final long SEQUENCEID_MASK = 0xffff_ffffL;

  private static final long EXCHANGE_FLAGS =
      Nfs4.EXCHGID4_FLAG_SUPP_MOVED_REFER
          | Nfs4.EXCHGID4_FLAG_SUPP_MOVED_MIGR
          | Nfs4.EXCHGID4_FLAG_BIND_PRINC_STATEID
          | Nfs4.EXCHGID4_FLAG_MASK_PNFS
          | Nfs4.EXCHGID4_FLAG_UPD_CONFIRMED_REC_A;

  /** The flags of NFSv4.2 (RFC 7862 section 14.1). */
  private static final long EXCHANGE_FLAGS_42 = EXCHANGE_FLAGS | Nfs4.EXCHGID4_FLAG_SUPP_FENCE_OPS;

  /** Creates the record of a new client. */
  @FunctionalInterface
  interface Maker {
    Client make(long clientid, ClientOwner4 owner, Principal principal);
  }

  private final ServerIdentity identity;
  private final ClientRecords records;
  private final ClientRemoval removal;
  private final StateTable state;
  private final Fence fence;
  private final Maker maker;

  /** Distinguishes clientids of this server instance from those of earlier ones. */
  private final long instance;

  @GuardedBy("records")
  private int clientsMade;

  ClientExchange(
      ServerIdentity identity,
      ClientRecords records,
      ClientRemoval removal,
      StateTable state,
      Env env,
      Fence fence,
      Maker maker) {
    this.identity = identity;
    this.records = records;
    this.removal = removal;
    this.state = state;
    this.fence = fence;
    this.maker = maker;
    this.instance = env.random().nextInt();
  }

  /**
   * Executes EXCHANGE_ID.
   *
   * @param minorVersion the minor version of the request
   * @param own the slot of the request if it is in a session
   * @return completes when no request of an earlier instance of the client executes (RFC 7862
   *     section 14.1), or with NFS4ERR_DELAY if that takes too long
   */
  CompletableFuture<ExchangeId4Res> exchangeId(
      ExchangeId4Args args, Principal principal, int minorVersion, @Nullable SlotId own)
      throws NfsStatusException {
    checkArguments(args, minorVersion);
    List<CompletableFuture<Void>> executing = ofEarlierInstance(args, principal, own);
    if (executing.isEmpty()) {
      return CompletableFuture.completedFuture(
          new ExchangeId4Res.Ok(exchange(args, principal, minorVersion)));
    }
    return fence
        .passed(executing)
        .thenApply(passed -> {
          try {
            return passed
                ? new ExchangeId4Res.Ok(exchange(args, principal, minorVersion))
                : new ExchangeId4Res.Failed(Nfsstat4.NFS4ERR_DELAY);
          } catch (NfsStatusException e) {
            return new ExchangeId4Res.Failed(e.status());
          }
        });
  }

  private List<CompletableFuture<Void>> ofEarlierInstance(
      ExchangeId4Args args, Principal principal, @Nullable SlotId own) {
    synchronized (records) {
      Client known = isUpdate(args) ? null : records.earlierInstance(args.clientowner(), principal);
      if (known == null) {
        return List.of();
      }
      return known.sessions().stream().flatMap(session -> session.executing(own).stream()).toList();
    }
  }

  private static boolean isUpdate(ExchangeId4Args args) {
    return (args.flags() & Nfs4.EXCHGID4_FLAG_UPD_CONFIRMED_REC_A) != 0;
  }

  private ExchangeId4Resok exchange(ExchangeId4Args args, Principal principal, int minorVersion)
      throws NfsStatusException {
    List<Client> removed = new ArrayList<>();
    try {
      synchronized (records) {
        Client client =
            isUpdate(args)
                ? records.update(args.clientowner(), principal)
                : records.exchange(
                    args.clientowner(),
                    principal,
                    known -> !known.sessions().isEmpty() || state.holdsState(known.clientid()),
                    owner -> maker.make(freshClientid(), owner, principal),
                    removed);
        return reply(client, args.flags(), minorVersion);
      }
    } finally {
      removed.forEach(client -> {
        var _ = removal.expire(client);
      });
    }
  }

  private long freshClientid() {
    synchronized (records) {
      clientsMade++;
      return instance << 32 | Integer.toUnsignedLong(clientsMade);
    }
  }

  private static void checkArguments(ExchangeId4Args args, int minorVersion)
      throws NfsStatusException {
    long defined = minorVersion == 1 ? EXCHANGE_FLAGS : EXCHANGE_FLAGS_42;
    if ((args.flags() & ~defined) != 0) {
      throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
    }
    switch (args.stateProtect()) {
      case StateProtect4A.None none -> {}
      // SP4_MACH_CRED requires RPCSEC_GSS with integrity or privacy (RFC 8881 section 18.35.3),
      // which this server does not support.
      case StateProtect4A.MachCred machine -> throw new NfsStatusException(Nfsstat4.NFS4ERR_INVAL);
      case StateProtect4A.Ssv(SsvSpParms4 ssv) -> {
        boolean empty = ssv.hashAlgs().isEmpty() || ssv.encrAlgs().isEmpty() || ssv.window() == 0;
        throw new NfsStatusException(
            empty ? Nfsstat4.NFS4ERR_INVAL : Nfsstat4.NFS4ERR_ENCR_ALG_UNSUPP);
      }
    }
  }

  private ExchangeId4Resok reply(Client client, long requestedFlags, int minorVersion) {
    long flags = Nfs4.EXCHGID4_FLAG_USE_NON_PNFS;
    if (minorVersion >= 2) {
      // RFC 7862 section 14.1.4 allows the flag without a request, but Linux before 5.10 fails on
      // unknown flags.
      flags |= requestedFlags & Nfs4.EXCHGID4_FLAG_SUPP_FENCE_OPS;
    }
    if (client.isConfirmed()) {
      flags |= Nfs4.EXCHGID4_FLAG_CONFIRMED_R;
    }
    return new ExchangeId4Resok(
        client.clientid(),
        (client.createSequence() + 1) & SEQUENCEID_MASK,
        flags,
        new StateProtect4R.None(),
        new ServerOwner4(0, identity.majorId()),
        identity.scope(),
        null);
  }
}
