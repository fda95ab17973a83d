package io.ferrynfs.client.backchannel;

import io.ferrynfs.rpc.RpcCall;
import io.ferrynfs.rpc.RpcReject;
import io.ferrynfs.wire.nfs4.CbCompound4Args;
import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Args;
import io.ferrynfs.wire.nfs4.CbSequence4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Resok;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.xdr.XdrException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers the server's calls: CB_NULL and CB_COMPOUND (RFC 8881 section 20).
 *
 * <p>Everything is answered on the connection's thread, at once: there is never a callback in
 * progress when its replay arrives. Callbacks may come on any connection bound to the session, so
 * one service serves them all.
 */
public final class CallbackService {

  private static final int CALLBACK_VERSION = 1;
  private static final int PROCEDURE_NULL = 0;
  private static final int PROCEDURE_COMPOUND = 1;
  private static final int MINOR_MIN = 1;
  private static final int MINOR_MAX = 2;

  private final int program;
  private final int requestBytesMax;
  private final int operationsMax;
  private final CallbackHandler handler;
  private final LongConsumer recallSlot;
  private final ReentrantLock lock = new ReentrantLock();
  private final CallbackSlots slots;
  private @Nullable Sessionid4 session;

  /**
   * A service without a session yet.
   *
   * @param program the RPC program number announced in CREATE_SESSION
   * @param announced the limits announced there
   * @param recallSlot told the target of CB_RECALL_SLOT
   */
  public CallbackService(
      long program, ChannelAttrs4 announced, CallbackHandler handler, LongConsumer recallSlot) {
    this.program = (int) program;
    this.requestBytesMax = (int) announced.maxrequestsize();
    this.operationsMax = (int) announced.maxoperations();
    this.handler = handler;
    this.recallSlot = recallSlot;
    this.slots = new CallbackSlots((int) announced.maxrequests());
  }

  /** The session callbacks belong to from now on; another one begins with empty slots. */
  public void session(Sessionid4 id) {
    lock.lock();
    try {
      if (!id.equals(session)) {
        session = id;
        slots.clear();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Answers one call. */
  public void handle(RpcCall call) {
    if (call.program() != program) {
      call.reject(RpcReject.PROG_UNAVAIL);
    } else if (call.version() != CALLBACK_VERSION) {
      call.reject(new RpcReject.ProgMismatch(CALLBACK_VERSION, CALLBACK_VERSION));
    } else if (call.procedure() == PROCEDURE_NULL) {
      call.reply(out -> {});
    } else if (call.procedure() != PROCEDURE_COMPOUND) {
      call.reject(RpcReject.PROC_UNAVAIL);
    } else {
      compound(call);
    }
  }

  private void compound(RpcCall call) {
    CbCompound4Args args;
    try {
      args = CbCompound4Args.decode(call.arguments());
    } catch (XdrException malformed) {
      call.reject(RpcReject.GARBAGE_ARGS);
      return;
    }
    call.reply(answer(args, call.recordBytes())::encode);
  }

  private CbCompound4Res answer(CbCompound4Args args, int bytes) {
    if (args.minorversion() < MINOR_MIN || args.minorversion() > MINOR_MAX) {
      return new CbCompound4Res(Nfsstat4.NFS4ERR_MINOR_VERS_MISMATCH, args.tag(), List.of());
    }
    if (args.argarray().isEmpty()) {
      return new CbCompound4Res(Nfsstat4.NFS4_OK, args.tag(), List.of());
    }
    if (!(args.argarray().getFirst() instanceof NfsCbArgop4.Sequence(CbSequence4Args sequence))) {
      NfsCbResop4 outside =
          CallbackResults.of(args.argarray().getFirst(), Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION);
      return new CbCompound4Res(outside.status(), args.tag(), List.of(outside));
    }
    // RFC 8881 section 2.10.6.4: what was announced in CREATE_SESSION.
    if (bytes > requestBytesMax) {
      return refused(args, Nfsstat4.NFS4ERR_REQ_TOO_BIG);
    }
    if (args.argarray().size() > operationsMax) {
      return refused(args, Nfsstat4.NFS4ERR_TOO_MANY_OPS);
    }
    return inSession(args, sequence);
  }

  private static CbCompound4Res refused(CbCompound4Args args, Nfsstat4 status) {
    return new CbCompound4Res(
        status, args.tag(), List.of(new NfsCbResop4.Sequence(new CbSequence4Res.Failed(status))));
  }

  private CbCompound4Res inSession(CbCompound4Args args, CbSequence4Args sequence) {
    Nfsstat4 status;
    lock.lock();
    try {
      CbCompound4Res before = slots.replay(sequence);
      if (before != null && sequence.sessionid().equals(session)) {
        return before;
      }
      status =
          sequence.sessionid().equals(session)
              ? slots.begin(sequence)
              : Nfsstat4.NFS4ERR_BADSESSION;
    } finally {
      lock.unlock();
    }
    if (status != Nfsstat4.NFS4_OK) {
      return refused(args, status);
    }
    CbCompound4Res reply = execute(args, sequence);
    lock.lock();
    try {
      slots.end(sequence, reply);
    } finally {
      lock.unlock();
    }
    return reply;
  }

  private CbCompound4Res execute(CbCompound4Args args, CbSequence4Args sequence) {
    List<NfsCbResop4> results = new ArrayList<>(args.argarray().size());
    results.add(
        new NfsCbResop4.Sequence(
            new CbSequence4Res.Ok(
                new CbSequence4Resok(
                    sequence.sessionid(),
                    sequence.sequenceid(),
                    sequence.slotid(),
                    slots.highest(),
                    slots.highest()))));
    Nfsstat4 status = Nfsstat4.NFS4_OK;
    for (NfsCbArgop4 operation : args.argarray().subList(1, args.argarray().size())) {
      status = execute(operation);
      results.add(CallbackResults.of(operation, status));
      if (status != Nfsstat4.NFS4_OK) {
        break;
      }
    }
    return new CbCompound4Res(status, args.tag(), results);
  }

  private Nfsstat4 execute(NfsCbArgop4 operation) {
    return switch (operation) {
      case NfsCbArgop4.Recall(var args) -> handler.recall(args);
      case NfsCbArgop4.Offload(var args) -> handler.offload(args);
      case NfsCbArgop4.NotifyLock(var args) -> handler.notifyLock(args);
      case NfsCbArgop4.RecallSlot(var args) -> {
        recallSlot.accept(args.targetHighestSlotid());
        yield Nfsstat4.NFS4_OK;
      }
      case NfsCbArgop4.RecallAny(var args) -> handler.recallAny(args);
      // RFC 8881 section 20.1.3: there are no write delegations here.
      case NfsCbArgop4.Getattr _ -> Nfsstat4.NFS4ERR_BADHANDLE;
      // Section 20.3: there are no layouts here.
      case NfsCbArgop4.Layoutrecall _ -> Nfsstat4.NFS4ERR_NOMATCHING_LAYOUT;
      // Section 20.9.3: CB_SEQUENCE comes first and only once.
      case NfsCbArgop4.Sequence _ -> Nfsstat4.NFS4ERR_SEQUENCE_POS;
      case NfsCbArgop4.Illegal _ -> Nfsstat4.NFS4ERR_OP_ILLEGAL;
      case NfsCbArgop4.Unknown _ -> Nfsstat4.NFS4ERR_OP_ILLEGAL;
      default -> Nfsstat4.NFS4ERR_NOTSUPP;
    };
  }
}
