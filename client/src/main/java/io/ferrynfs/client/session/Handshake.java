package io.ferrynfs.client.session;

import io.ferrynfs.client.session.CallException.Kind;
import io.ferrynfs.wire.nfs4.BindConnToSession4Args;
import io.ferrynfs.wire.nfs4.BindConnToSession4Res;
import io.ferrynfs.wire.nfs4.CallbackSecParms4;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.ChannelDirFromClient4;
import io.ferrynfs.wire.nfs4.ClientOwner4;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Resok;
import io.ferrynfs.wire.nfs4.DestroyClientid4Args;
import io.ferrynfs.wire.nfs4.DestroySession4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StateProtect4A;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The operations that create and destroy a session, each alone in a COMPOUND without SEQUENCE.
 * Keeps the client id and the sequence id of CREATE_SESSION (RFC 8881 section 18.36.4). For one
 * attempt at a time.
 */
final class Handshake {

  /** The RPC program number of the callback service, in the transient range as on Linux. */
  static final long CALLBACK_PROGRAM = 0x4000_0000L;

  private static final int HEADER_ROOM_BYTES = 4096;
  private static final int CACHED_REPLY_BYTES = 4096;
  private static final int OPERATIONS_MAX = 64;
  private static final int BACK_MESSAGE_BYTES = 16 * 1024;
  private static final int BACK_OPERATIONS_MAX = 8;

  /** The number of slots of the backchannel. */
  static final int BACK_SLOTS = 16;

  /** The attributes of the backchannel. */
  static final ChannelAttrs4 BACK_CHANNEL =
      new ChannelAttrs4(
          0,
          BACK_MESSAGE_BYTES,
          BACK_MESSAGE_BYTES,
          BACK_MESSAGE_BYTES,
          BACK_OPERATIONS_MAX,
          BACK_SLOTS,
          null);

  private final SessionOptions options;
  private final Verifier4 incarnation;
  private int minorVersion;
  private long clientid;
  private long sequence;
  private boolean known;

  /** Whether to request fences (RFC 7862 section 14.1), which knfsd and nfs-ganesha reject. */
  private boolean asksForFences = true;

  Handshake(SessionOptions options, Verifier4 incarnation) {
    this.options = options;
    this.incarnation = incarnation;
    this.minorVersion = options.minorVersion();
  }

  /** Returns whether there is a client id for CREATE_SESSION. */
  boolean hasClientid() {
    return known;
  }

  void forgetClientid() {
    known = false;
  }

  int minorVersion() {
    return minorVersion;
  }

  /**
   * Sends EXCHANGE_ID (RFC 8881 section 18.35). Falls back to minor version 1, and to no fences, if
   * the server rejects them.
   */
  CompletableFuture<ExchangeId4Resok> exchangeId(SessionConnection on) {
    boolean asks = minorVersion > 1 && asksForFences;
    ExchangeId4Args args =
        new ExchangeId4Args(
            new ClientOwner4(incarnation, options.ownerName()),
            asks ? Nfs4.EXCHGID4_FLAG_SUPP_FENCE_OPS : 0,
            new StateProtect4A.None(),
            null);
    return alone(on, new NfsArgop4.ExchangeId(args))
        .thenApply(this::accept)
        .exceptionallyCompose(failure -> {
          if (minorVersion > 1 && isA(failure, Nfsstat4.NFS4ERR_MINOR_VERS_MISMATCH)) {
            minorVersion = 1;
            return exchangeId(on);
          }
          if (asks && isA(failure, Nfsstat4.NFS4ERR_INVAL)) {
            asksForFences = false;
            return exchangeId(on);
          }
          return CompletableFuture.failedFuture(failure);
        });
  }

  private ExchangeId4Resok accept(NfsResop4 result) {
    if (result instanceof NfsResop4.ExchangeId(ExchangeId4Res.Ok(ExchangeId4Resok ok))) {
      clientid = ok.clientid();
      sequence = ok.sequenceid();
      known = true;
      return ok;
    }
    throw new CompletionException(mismatched("EXCHANGE_ID"));
  }

  private static boolean isA(Throwable failure, Nfsstat4 status) {
    return CallFailures.cause(failure) instanceof CallException call && call.is(status);
  }

  /** Sends CREATE_SESSION with a backchannel on the same connection (RFC 8881 section 18.36). */
  CompletableFuture<SessionInfo> createSession(SessionConnection on) {
    CreateSession4Args args =
        new CreateSession4Args(
            clientid,
            sequence,
            Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN,
            new ChannelAttrs4(
                0,
                options.transferBytesMax() + HEADER_ROOM_BYTES,
                options.transferBytesMax() + HEADER_ROOM_BYTES,
                CACHED_REPLY_BYTES,
                OPERATIONS_MAX,
                options.slotsMax(),
                null),
            BACK_CHANNEL,
            CALLBACK_PROGRAM,
            List.of(new CallbackSecParms4.AuthNone()));
    return alone(on, new NfsArgop4.CreateSession(args)).thenApply(this::made);
  }

  private SessionInfo made(NfsResop4 result) {
    if (result instanceof NfsResop4.CreateSession(CreateSession4Res.Ok(CreateSession4Resok ok))) {
      sequence = (sequence + 1) & 0xFFFF_FFFFL;
      String objection = SessionInfo.objection(ok.foreChanAttrs());
      if (objection != null) {
        throw new CompletionException(
            CallException.of(Kind.PROTOCOL, "the server grants an unusable session: " + objection));
      }
      return new SessionInfo(
          ok.sessionid(),
          clientid,
          minorVersion,
          (ok.flags() & Nfs4.CREATE_SESSION4_FLAG_PERSIST) != 0,
          (ok.flags() & Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN) != 0,
          asAsked(ok.foreChanAttrs()));
    }
    throw new CompletionException(mismatched("CREATE_SESSION"));
  }

  /** Limits the granted values to the requested values (RFC 8881 section 18.36.3). */
  private ChannelAttrs4 asAsked(ChannelAttrs4 granted) {
    long bytesMax = (long) options.transferBytesMax() + HEADER_ROOM_BYTES;
    return new ChannelAttrs4(
        granted.headerpadsize(),
        Math.min(granted.maxrequestsize(), bytesMax),
        Math.min(granted.maxresponsesize(), bytesMax),
        granted.maxresponsesizeCached(),
        Math.min(granted.maxoperations(), OPERATIONS_MAX),
        Math.min(granted.maxrequests(), options.slotsMax()),
        granted.rdmaIrd());
  }

  /**
   * Sends BIND_CONN_TO_SESSION for both directions (RFC 8881 section 18.34), without which a new
   * connection carries no callbacks.
   */
  CompletableFuture<Void> bind(SessionConnection on, SessionInfo session) {
    BindConnToSession4Args args =
        new BindConnToSession4Args(session.id(), ChannelDirFromClient4.CDFC4_FORE_OR_BOTH, false);
    return alone(on, new NfsArgop4.BindConnToSession(args))
        .thenAccept(result -> {
          if (!(result instanceof NfsResop4.BindConnToSession(BindConnToSession4Res.Ok(var _)))) {
            throw new CompletionException(mismatched("BIND_CONN_TO_SESSION"));
          }
        });
  }

  CompletableFuture<NfsResop4> destroySession(SessionConnection on, SessionInfo session) {
    return alone(on, new NfsArgop4.DestroySession(new DestroySession4Args(session.id())));
  }

  CompletableFuture<NfsResop4> destroyClientid(SessionConnection on) {
    return alone(on, new NfsArgop4.DestroyClientid(new DestroyClientid4Args(clientid)));
  }

  /** Sends one operation without SEQUENCE. An error status is a failure. */
  private CompletableFuture<NfsResop4> alone(SessionConnection on, NfsArgop4 operation) {
    return on.compound(new Compound4Args(Opaque.EMPTY, minorVersion, List.of(operation)), null)
        .thenApply(reply -> single(operation.argop(), reply));
  }

  private static NfsResop4 single(NfsOpnum4 operation, Compound4Res reply) {
    if (reply.status() != Nfsstat4.NFS4_OK) {
      throw new CompletionException(CallException.status(operation, reply.status()));
    }
    if (reply.resarray().size() != 1) {
      throw new CompletionException(mismatched(operation.name()));
    }
    return reply.resarray().getFirst();
  }

  private static CallException mismatched(String operation) {
    return CallException.of(Kind.PROTOCOL, "the server's reply does not fit " + operation);
  }
}
