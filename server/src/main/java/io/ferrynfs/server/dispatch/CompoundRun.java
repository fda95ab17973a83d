package io.ferrynfs.server.dispatch;

import io.ferrynfs.rpc.RpcCall;
import io.ferrynfs.rpc.RpcReject;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.compound.CompoundContext;
import io.ferrynfs.server.compound.Cost;
import io.ferrynfs.server.compound.LookAhead;
import io.ferrynfs.server.compound.OperationTable;
import io.ferrynfs.server.compound.RequestInfo;
import io.ferrynfs.server.compound.Services;
import io.ferrynfs.server.observation.Observer;
import io.ferrynfs.server.session.SequenceOutcome;
import io.ferrynfs.server.session.SequenceRequest;
import io.ferrynfs.server.session.SlotTicket;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.server.status.StatusMap;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sequence4Res;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One COMPOUND from its header to its reply.
 *
 * <p>It starts on the connection's thread. The first bulk operation moves it to the bulk pool with
 * all later ones. One thread at a time executes it. Every call gets a reply and every slot is
 * finished, even after an internal error.
 */
final class CompoundRun {
  private static final Logger LOG = System.getLogger(CompoundRun.class.getName());

  private final OperationTable operations;
  private final Services services;
  private final FairBulkQueue bulk;
  private final RpcCall call;
  private final Principal principal;
  private final CompoundHeader header;
  private final XdrReader in;
  private final CompoundReply reply;
  private final CompoundContext context;
  private final Observer observer;

  /** The start of the current operation, by the observer's clock. */
  private long startedNanos;

  /** The time that the current operation waited for a thread. */
  private long queuedNanos;

  private @Nullable SlotTicket ticket;
  private long index;
  private boolean answered;

  CompoundRun(
      Services services,
      OperationTable operations,
      FairBulkQueue bulk,
      RpcCall call,
      Principal principal,
      CompoundHeader header,
      Observer observer) {
    this.services = services;
    this.operations = operations;
    this.bulk = bulk;
    this.call = call;
    this.principal = principal;
    this.header = header;
    this.observer = observer;
    in = call.arguments();
    reply =
        new CompoundReply(
            header.tag(), services.limits().responseBytesMax(), call.replyOverheadBytesMax());
    RequestInfo request =
        new RequestInfo((int) header.minorVersion(), principal, call.connection());
    context =
        new CompoundContext(
            services,
            request,
            () -> reply.bytesLeft(isLast()),
            new LookAhead() {
              @Override
              public boolean isForCopyBetweenServers() {
                return ForeignFilehandles.isForCopy(in, header.operations() - index - 1);
              }

              @Override
              public @Nullable NfsOpnum4 nextOperation() {
                return isLast() ? null : peek();
              }
            });
  }

  /** Executes the operations that may run on the connection's thread. */
  void start() {
    guarded(() -> {
      if (!header.isSupported()) {
        reply.fail(Nfsstat4.NFS4ERR_MINOR_VERS_MISMATCH);
      } else if (header.operations() > 0 && !first()) {
        return;
      }
      proceed(true);
    });
  }

  /** Continues in the bulk pool with a decoded operation. */
  private void resume(NfsOpnum4 number, OperationTable.Entry entry, NfsArgop4 arm) {
    queuedNanos = observer.nanoTime() - startedNanos;
    guarded(() -> {
      if (execute(number, entry, arm)) {
        proceed(false);
      }
    });
  }

  /** Continues after an asynchronous operation, on a thread that may run bulk operations. */
  private void resume(NfsOpnum4 number, @Nullable NfsResop4 result) {
    Runnable rest =
        () ->
            guarded(() -> {
              if (result == null) {
                fail(number, Nfsstat4.NFS4ERR_SERVERFAULT);
              } else {
                add(number, result);
              }
              proceed(false);
            });
    if (!bulk.tryExecute(owner(), 0, rest)) {
      rest.run();
    }
  }

  private void guarded(Runnable step) {
    boolean done = false;
    try {
      step.run();
      done = true;
    } finally {
      if (!done) {
        abandon();
      }
    }
  }

  /** Ends the call after an internal error outside an operation, so that its slot becomes free. */
  private void abandon() {
    context.end();
    Runnable waiting = ticket == null ? () -> {} : ticket.finish(null);
    try {
      if (!answered) {
        reply.drop();
        call.reject(RpcReject.SYSTEM_ERR);
      }
    } finally {
      waiting.run();
    }
  }

  /** Returns the client that the bulk queue counts this call for. */
  private Object owner() {
    return ticket == null ? call.connection() : ticket.session().client();
  }

  private boolean isLast() {
    return index + 1 >= header.operations();
  }

  /**
   * Executes SEQUENCE, or checks that the first operation needs no session.
   *
   * @return false if the call has a reply
   */
  private boolean first() {
    NfsOpnum4 number = peek();
    if (number == NfsOpnum4.OP_SEQUENCE) {
      return sequence();
    }
    if (number == NfsOpnum4.OP_ILLEGAL) {
      reply.addFailure(number, illegality());
    } else if (!OperationNumbers.needsNoSession(number)) {
      reply.addFailure(number, Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION);
    } else if (header.operations() > 1) {
      reply.addFailure(number, Nfsstat4.NFS4ERR_NOT_ONLY_OP);
    }
    return true;
  }

  private boolean sequence() {
    startedNanos = observer.nanoTime();
    Sequence4Args args;
    try {
      args = ((NfsArgop4.Sequence) NfsArgop4.decode(in)).args();
    } catch (XdrException e) {
      reply.addFailure(NfsOpnum4.OP_SEQUENCE, Nfsstat4.NFS4ERR_BADXDR);
      return true;
    }
    SequenceRequest request =
        new SequenceRequest(
            args,
            (int) Math.min(header.operations(), Integer.MAX_VALUE),
            call.recordBytes(),
            RequestFingerprint.of(principal, header.operations(), in.rest()),
            call.connection());
    switch (services.clients().begin(request)) {
      case SequenceOutcome.Execute(SlotTicket taken, Sequence4Resok result) -> {
        ticket = taken;
        context.enter(taken.session(), args);
        limitReply(taken);
        add(NfsOpnum4.OP_SEQUENCE, new NfsResop4.Sequence(new Sequence4Res.Ok(result)));
      }
      case SequenceOutcome.Replay(byte[] kept) -> {
        answered = true;
        observer.replayed(call.connection().peerAddress());
        context.end();
        call.reply(out -> out.payload(new BufferPayload(ByteBuffer.wrap(kept))));
        return false;
      }
      case SequenceOutcome.Uncached(Sequence4Resok result) -> {
        add(NfsOpnum4.OP_SEQUENCE, new NfsResop4.Sequence(new Sequence4Res.Ok(result)));
        // A lone SEQUENCE changes its slot only, so it needs no cached reply.
        if (header.operations() > 1) {
          NfsOpnum4 next = peek();
          // An illegal operation was illegal in the first request, too.
          reply.addFailure(
              next,
              next == NfsOpnum4.OP_ILLEGAL ? illegality() : Nfsstat4.NFS4ERR_RETRY_UNCACHED_REP);
        }
      }
      case SequenceOutcome.Refuse(Nfsstat4 status) -> {
        reply.addFailure(NfsOpnum4.OP_SEQUENCE, status);
        executed(NfsOpnum4.OP_SEQUENCE, status, null);
      }
    }
    return true;
  }

  private void limitReply(SlotTicket taken) {
    ChannelAttrs4 fore = taken.session().fore();
    if (taken.cacheThis() && fore.maxresponsesizeCached() < fore.maxresponsesize()) {
      reply.limit(fore.maxresponsesizeCached(), Nfsstat4.NFS4ERR_REP_TOO_BIG_TO_CACHE);
    } else {
      reply.limit(fore.maxresponsesize(), Nfsstat4.NFS4ERR_REP_TOO_BIG);
    }
  }

  /**
   * Executes the remaining operations until the end, a failure, or an operation for another thread.
   */
  private void proceed(boolean onConnectionThread) {
    while (reply.status() == Nfsstat4.NFS4_OK && index < header.operations()) {
      NfsOpnum4 number = peek();
      OperationTable.Entry entry = operations.find(number);
      Nfsstat4 misplaced = misplaced(number);
      if (misplaced != null) {
        reply.addFailure(number, misplaced);
      } else if (entry == null) {
        reply.addFailure(number, Nfsstat4.NFS4ERR_NOTSUPP);
      } else {
        NfsArgop4 arm = decode(number);
        if (arm != null) {
          if (onConnectionThread && entry.cost(arm) == Cost.BULK) {
            startedNanos = observer.nanoTime();
            if (bulk.tryExecute(owner(), call.recordBytes(), () -> resume(number, entry, arm))) {
              return;
            }
            observer.delayed();
            reply.addFailure(number, Nfsstat4.NFS4ERR_DELAY);
          } else if (!execute(number, entry, arm)) {
            return;
          }
        }
      }
    }
    finish();
  }

  /** Returns the error of an operation at a wrong position, or null. */
  private @Nullable Nfsstat4 misplaced(NfsOpnum4 number) {
    return switch (number) {
      case OP_ILLEGAL -> illegality();
      case OP_SEQUENCE -> Nfsstat4.NFS4ERR_SEQUENCE_POS;
      case OP_BIND_CONN_TO_SESSION -> header.operations() > 1 ? Nfsstat4.NFS4ERR_NOT_ONLY_OP : null;
      default -> null;
    };
  }

  /** Returns the next operation; OP_ILLEGAL for an unknown number or the end of the arguments. */
  private NfsOpnum4 peek() {
    try {
      return OperationNumbers.of(in.peekInt(), (int) header.minorVersion());
    } catch (XdrException end) {
      return NfsOpnum4.OP_ILLEGAL;
    }
  }

  /** Returns BADXDR if operations are missing, OP_ILLEGAL for an unknown number. */
  private Nfsstat4 illegality() {
    return in.remaining() < Integer.BYTES ? Nfsstat4.NFS4ERR_BADXDR : Nfsstat4.NFS4ERR_OP_ILLEGAL;
  }

  private @Nullable NfsArgop4 decode(NfsOpnum4 number) {
    try {
      return NfsArgop4.decode(in);
    } catch (XdrException e) {
      reply.addFailure(number, Nfsstat4.NFS4ERR_BADXDR);
      return null;
    }
  }

  /**
   * Executes an operation.
   *
   * @return false if its result comes later and another thread continues then
   */
  private boolean execute(NfsOpnum4 number, OperationTable.Entry entry, NfsArgop4 arm) {
    boolean last = isLast();
    startedNanos = observer.nanoTime();
    context.setLastOperation(last);
    if (entry.changesState() && entry.replyBytesMax(arm) > reply.bytesLeft(last)) {
      // The reply could not carry the result, so the operation is not executed.
      reply.addTooBig(number);
      return true;
    }
    try {
      if (entry.isAsynchronous()) {
        CompletableFuture<NfsResop4> late = entry.begin(arm, context);
        if (late.isDone()) {
          add(number, late.join());
          return true;
        }
        var _ =
            late.handle((result, fault) -> {
              if (fault != null) {
                LOG.log(Level.ERROR, () -> number + " failed unexpectedly", fault);
              }
              resume(number, result);
              return true;
            });
        return false;
      }
      add(number, entry.execute(arm, context));
    } catch (NfsStatusException refused) {
      refused(number, refused.status());
    } catch (StorageException refused) {
      fail(number, StatusMap.of(refused.status()));
    } catch (RuntimeException fault) {
      LOG.log(Level.ERROR, () -> number + " failed unexpectedly", fault);
      fail(number, Nfsstat4.NFS4ERR_SERVERFAULT);
    }
    return true;
  }

  private void refused(NfsOpnum4 number, Nfsstat4 status) {
    if (status == Nfsstat4.NFS4ERR_REP_TOO_BIG) {
      // The operation does not know which of the two limits applies.
      reply.addTooBig(number);
      executed(number, status, null);
    } else {
      fail(number, status);
    }
  }

  private void fail(NfsOpnum4 number, Nfsstat4 status) {
    reply.addFailure(number, status);
    executed(number, status, null);
  }

  private void executed(NfsOpnum4 number, Nfsstat4 status, @Nullable NfsResop4 result) {
    observer.executed(context.request(), number, status, result, startedNanos, queuedNanos);
    queuedNanos = 0;
  }

  private void add(NfsOpnum4 number, NfsResop4 result) {
    reply.add(number, result, isLast());
    executed(number, result.status(), result);
    index++;
  }

  /**
   * Finishes the slot before it sends the reply, because the client may reuse the slot as soon as
   * it receives the reply.
   */
  private void finish() {
    context.end();
    Runnable waiting =
        ticket == null ? () -> {} : ticket.finish(ticket.cacheThis() ? reply.toByteArray() : null);
    answered = true;
    try {
      call.reply(reply::writeTo);
    } finally {
      // It resumes other requests, which must not run before this reply is written.
      waiting.run();
    }
  }
}
