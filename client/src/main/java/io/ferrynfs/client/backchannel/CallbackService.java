package io.ferrynfs.client.backchannel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.ferrynfs.rpc.RpcCall;
import io.ferrynfs.rpc.RpcReject;
import io.ferrynfs.rpc.env.Timers;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Executes the server's callbacks, CB_NULL and CB_COMPOUND (RFC 8881 section 20), of all
 * connections bound to the session.
 *
 * <p>A callback is executed on the connection's thread, so its reply is in the reply cache before a
 * retry can arrive. Its reply is written there, too, unless the handler has actions that must
 * follow the reply: then a timer's thread writes the reply and runs the actions.
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
  private final Timers timers;
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final CallbackSlots slots;

  private final long highestSlot;

  @GuardedBy("lock")
  private @Nullable Sessionid4 session;

  /**
   * Creates a service without a session.
   *
   * @param program the RPC program number of the callbacks, as in CREATE_SESSION
   * @param announced the attributes of the backchannel, as in CREATE_SESSION
   * @param recallSlot receives the target of CB_RECALL_SLOT
   * @param timers run the actions that follow a reply
   */
  public CallbackService(
      long program,
      ChannelAttrs4 announced,
      CallbackHandler handler,
      LongConsumer recallSlot,
      Timers timers) {
    this.program = (int) program;
    this.requestBytesMax = (int) announced.maxrequestsize();
    this.operationsMax = (int) announced.maxoperations();
    this.handler = handler;
    this.recallSlot = recallSlot;
    this.timers = timers;
    this.slots = new CallbackSlots((int) announced.maxrequests());
    this.highestSlot = slots.highest();
  }

  /** Sets the session of the callbacks. A new session starts with an empty reply cache. */
  public void session(Sessionid4 id) {
    synchronized (lock) {
      if (!id.equals(session)) {
        session = id;
        slots.clear();
      }
    }
  }

  /** Executes a call and replies to it. */
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
    List<Runnable> afterReply = new ArrayList<>();
    CbCompound4Res reply = answer(args, call.recordBytes(), afterReply::add);
    if (afterReply.isEmpty()) {
      call.reply(reply::encode);
      return;
    }
    // The connection's thread writes its replies later, when it has no more calls. Any other thread
    // writes at once.
    timers.schedule(
        Duration.ZERO,
        () -> {
          call.reply(reply::encode);
          afterReply.forEach(Runnable::run);
        });
  }

  private CbCompound4Res answer(CbCompound4Args args, int bytes, Executor afterReply) {
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
    // RFC 8881 section 2.10.6.4: the limits announced in CREATE_SESSION.
    if (bytes > requestBytesMax) {
      return failed(args, Nfsstat4.NFS4ERR_REQ_TOO_BIG);
    }
    if (args.argarray().size() > operationsMax) {
      return failed(args, Nfsstat4.NFS4ERR_TOO_MANY_OPS);
    }
    return inSession(args, sequence, afterReply);
  }

  private static CbCompound4Res failed(CbCompound4Args args, Nfsstat4 status) {
    return new CbCompound4Res(
        status, args.tag(), List.of(new NfsCbResop4.Sequence(new CbSequence4Res.Failed(status))));
  }

  private CbCompound4Res inSession(
      CbCompound4Args args, CbSequence4Args sequence, Executor afterReply) {
    Nfsstat4 status;
    synchronized (lock) {
      CbCompound4Res before = slots.replay(sequence);
      if (before != null && sequence.sessionid().equals(session)) {
        return before;
      }
      status =
          sequence.sessionid().equals(session)
              ? slots.begin(sequence)
              : Nfsstat4.NFS4ERR_BADSESSION;
    }
    if (status != Nfsstat4.NFS4_OK) {
      return failed(args, status);
    }
    CbCompound4Res reply = execute(args, sequence, afterReply);
    synchronized (lock) {
      slots.end(sequence, reply);
    }
    return reply;
  }

  private CbCompound4Res execute(
      CbCompound4Args args, CbSequence4Args sequence, Executor afterReply) {
    List<NfsCbResop4> results = new ArrayList<>(args.argarray().size());
    results.add(
        new NfsCbResop4.Sequence(
            new CbSequence4Res.Ok(
                new CbSequence4Resok(
                    sequence.sessionid(),
                    sequence.sequenceid(),
                    sequence.slotid(),
                    highestSlot,
                    highestSlot))));
    Nfsstat4 status = Nfsstat4.NFS4_OK;
    for (NfsCbArgop4 operation : args.argarray().subList(1, args.argarray().size())) {
      status = execute(operation, afterReply);
      results.add(CallbackResults.of(operation, status));
      if (status != Nfsstat4.NFS4_OK) {
        break;
      }
    }
    return new CbCompound4Res(status, args.tag(), results);
  }

  private Nfsstat4 execute(NfsCbArgop4 operation, Executor afterReply) {
    return switch (operation) {
      case NfsCbArgop4.Recall(var args) -> handler.recall(args);
      case NfsCbArgop4.Offload(var args) -> handler.offload(args, afterReply);
      case NfsCbArgop4.NotifyLock(var args) -> handler.notifyLock(args);
      case NfsCbArgop4.RecallSlot(var args) -> {
        recallSlot.accept(args.targetHighestSlotid());
        yield Nfsstat4.NFS4_OK;
      }
      case NfsCbArgop4.RecallAny(var args) -> handler.recallAny(args);
      // RFC 8881 section 20.1.3: this client holds no write delegations.
      case NfsCbArgop4.Getattr _ -> Nfsstat4.NFS4ERR_BADHANDLE;
      // RFC 8881 section 20.3: this client holds no layouts.
      case NfsCbArgop4.Layoutrecall _ -> Nfsstat4.NFS4ERR_NOMATCHING_LAYOUT;
      // RFC 8881 section 20.9.3: CB_SEQUENCE must be the first operation only.
      case NfsCbArgop4.Sequence _ -> Nfsstat4.NFS4ERR_SEQUENCE_POS;
      case NfsCbArgop4.Illegal _ -> Nfsstat4.NFS4ERR_OP_ILLEGAL;
      case NfsCbArgop4.Unknown _ -> Nfsstat4.NFS4ERR_OP_ILLEGAL;
      default -> Nfsstat4.NFS4ERR_NOTSUPP;
    };
  }
}
