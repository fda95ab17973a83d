package io.ferrynfs.client.testing;

import io.ferrynfs.rpc.RpcCall;
import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcServer;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.BindConnToSession4Res;
import io.ferrynfs.wire.nfs4.BindConnToSession4Resok;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.ChannelDirFromServer4;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Resok;
import io.ferrynfs.wire.nfs4.DestroyClientid4Res;
import io.ferrynfs.wire.nfs4.DestroySession4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.Putrootfh4Res;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Res;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sequence4Res;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import io.ferrynfs.wire.nfs4.ServerOwner4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.StateProtect4R;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A server with correct sessions (slots, reply cache, restarts) but without files. A test supplies
 * the results of the operations.
 */
public final class ScriptedServer implements RpcHandler {

  /** The address of the server. */
  public static final int PORT = 2049;

  private static final int SESSION_BYTES = 16;

  /** Settings to change before a client connects. */
  public int slots = 8;

  /** The supported minor versions. */
  public int minorVersionMax = 2;

  /** so_major_id. */
  public String owner = "scripted";

  /** eir_server_scope. */
  public String scope = "scope";

  /** sr_status_flags of every reply. */
  public long statusFlags;

  /** Returns the result of an operation; null for the default result. */
  public Function<NfsArgop4, @Nullable NfsResop4> script = operation -> null;

  /** Returns the status of SEQUENCE; NFS4_OK to execute the COMPOUND. */
  public Function<Sequence4Args, Nfsstat4> sequenceStatus = args -> Nfsstat4.NFS4_OK;

  /** Modifies the result of a successful SEQUENCE. */
  public UnaryOperator<Sequence4Resok> sequenceResult = result -> result;

  /** Selects the COMPOUNDs that are executed without a reply. */
  public Predicate<Compound4Args> swallows = args -> false;

  /** Modifies the bytes of a reply in a session. */
  public Consumer<byte[]> noise = bytes -> {};

  /** Selects the COMPOUNDs that close their connection without being executed. */
  public Predicate<Compound4Args> breaksAt = args -> false;

  /** The connections closed in this way. */
  public int broken;

  /** Selects the calls that get no reply. */
  public boolean silent;

  /** The executed COMPOUNDs, without replays. */
  public final List<Compound4Args> executed = new ArrayList<>();

  /** The bytes of every received COMPOUND. */
  public final List<Opaque> arrived = new ArrayList<>();

  /** The calls held back by {@link #hold}. */
  public final List<Runnable> held = new ArrayList<>();

  /** Whether replies are held in {@link #held}. */
  public boolean hold;

  /** The maximum number of COMPOUNDs with SEQUENCE that were pending at once. */
  public int outstandingMax;

  private final RpcServer rpc;
  private final Map<Opaque, Slot[]> sessions = new HashMap<>();
  private int outstanding;
  private long lastClientid;
  private long clientSequence;
  private int lastSession;
  private long incarnation = 1;

  private static final class Slot {
    long sequenceid;
    @Nullable Compound4Res reply;
  }

  public ScriptedServer(Env env) throws IOException {
    rpc = RpcServer.listen(env, new InetSocketAddress(PORT), RpcLimits.DEFAULT, this);
  }

  public List<RpcConnection> connections() {
    return rpc.connections();
  }

  /** Returns the last session. */
  public Sessionid4 lastSession() {
    return sessionid(lastSession);
  }

  private static Sessionid4 sessionid(int number) {
    return new Sessionid4(Opaque.of(ByteBuffer.allocate(SESSION_BYTES).putInt(0, number).array()));
  }

  /** Drops all sessions, as if they had been destroyed. */
  public void forgetSessions() {
    sessions.clear();
  }

  /** Drops all clients and sessions, as a restart does. */
  public void forgetClients() {
    sessions.clear();
    lastClientid = 0;
    incarnation++;
  }

  @Override
  public void handle(RpcCall call) {
    try {
      ByteBuffer bytes = call.arguments().rest();
      Opaque raw = Opaque.of(bytes);
      Compound4Args args = Compound4Args.decode(new io.ferrynfs.wire.xdr.XdrReader(raw));
      arrived.add(raw);
      if (silent) {
        call.drop();
        return;
      }
      if (breaksAt.test(args)) {
        broken++;
        call.drop();
        rpc.connections().forEach(RpcConnection::close);
        return;
      }
      outstanding++;
      outstandingMax = Math.max(outstandingMax, outstanding);
      Runnable answer =
          () -> {
            outstanding--;
            if (swallows.test(args)) {
              var _ = execute(args);
              call.drop();
            } else {
              call.reply(out -> answer(args, out));
            }
          };
      if (hold) {
        held.add(answer);
      } else {
        answer.run();
      }
    } catch (XdrException malformed) {
      throw new IllegalStateException(malformed);
    }
  }

  private void answer(Compound4Args args, XdrWriter out) {
    XdrWriter written = new XdrWriter();
    execute(args).encode(written);
    byte[] bytes = written.toOpaque().toByteArray();
    if (args.argarray().getFirst() instanceof NfsArgop4.Sequence) {
      noise.accept(bytes);
    }
    out.payload(BufferPayload.of(bytes));
  }

  private Compound4Res execute(Compound4Args args) {
    if (args.minorversion() > minorVersionMax) {
      return new Compound4Res(Nfsstat4.NFS4ERR_MINOR_VERS_MISMATCH, args.tag(), List.of());
    }
    return args.argarray().getFirst() instanceof NfsArgop4.Sequence(Sequence4Args sequence)
        ? inSession(args, sequence)
        : run(args, new ArrayList<>(), args.argarray());
  }

  private Compound4Res inSession(Compound4Args args, Sequence4Args sequence) {
    Nfsstat4 status = sequenceStatus.apply(sequence);
    Slot[] table = sessions.get(sequence.sessionid().data());
    if (status == Nfsstat4.NFS4_OK && table == null) {
      status = Nfsstat4.NFS4ERR_BADSESSION;
    }
    if (status != Nfsstat4.NFS4_OK || table == null) {
      return refuse(args, status);
    }
    Slot slot = table[(int) sequence.slotid()];
    if (sequence.sequenceid() == slot.sequenceid && slot.reply != null) {
      return slot.reply;
    }
    if (sequence.sequenceid() != slot.sequenceid + 1) {
      return refuse(args, Nfsstat4.NFS4ERR_SEQ_MISORDERED);
    }
    slot.sequenceid++;
    List<NfsResop4> results = new ArrayList<>();
    results.add(
        new NfsResop4.Sequence(
            new Sequence4Res.Ok(
                sequenceResult.apply(
                    new Sequence4Resok(
                        sequence.sessionid(),
                        sequence.sequenceid(),
                        sequence.slotid(),
                        slots - 1L,
                        slots - 1L,
                        statusFlags)))));
    slot.reply = run(args, results, args.argarray().subList(1, args.argarray().size()));
    return slot.reply;
  }

  private static Compound4Res refuse(Compound4Args args, Nfsstat4 status) {
    return new Compound4Res(
        status, args.tag(), List.of(new NfsResop4.Sequence(new Sequence4Res.Failed(status))));
  }

  private Compound4Res run(
      Compound4Args args, List<NfsResop4> results, List<NfsArgop4> operations) {
    executed.add(args);
    for (NfsArgop4 operation : operations) {
      NfsResop4 scripted = script.apply(operation);
      NfsResop4 result = scripted == null ? usual(operation) : scripted;
      results.add(result);
      if (result.status() != Nfsstat4.NFS4_OK) {
        return new Compound4Res(result.status(), args.tag(), results);
      }
    }
    return new Compound4Res(Nfsstat4.NFS4_OK, args.tag(), results);
  }

  private NfsResop4 usual(NfsArgop4 operation) {
    return switch (operation) {
      case NfsArgop4.ExchangeId _ -> exchangeId();
      case NfsArgop4.CreateSession(var args) -> createSession(args);
      case NfsArgop4.BindConnToSession(var args) ->
          new NfsResop4.BindConnToSession(
              sessions.containsKey(args.sessid().data())
                  ? new BindConnToSession4Res.Ok(
                      new BindConnToSession4Resok(
                          args.sessid(), ChannelDirFromServer4.CDFS4_BOTH, false))
                  : new BindConnToSession4Res.Failed(Nfsstat4.NFS4ERR_BADSESSION));
      case NfsArgop4.DestroySession(var args) -> {
        sessions.remove(args.sessionid().data());
        yield new NfsResop4.DestroySession(new DestroySession4Res(Nfsstat4.NFS4_OK));
      }
      case NfsArgop4.DestroyClientid _ ->
          new NfsResop4.DestroyClientid(new DestroyClientid4Res(Nfsstat4.NFS4_OK));
      case NfsArgop4.ReclaimComplete _ ->
          new NfsResop4.ReclaimComplete(new ReclaimComplete4Res(Nfsstat4.NFS4_OK));
      case NfsArgop4.Putrootfh _ -> new NfsResop4.Putrootfh(new Putrootfh4Res(Nfsstat4.NFS4_OK));
      case NfsArgop4.Putfh _ -> new NfsResop4.Putfh(new Putfh4Res(Nfsstat4.NFS4_OK));
      case NfsArgop4.Getattr _ ->
          new NfsResop4.Getattr(
              new Getattr4Res.Ok(
                  new Getattr4Resok(
                      AttrValues.builder().put(Attrs.LEASE_TIME, 90L).build().encode())));
      default -> throw new IllegalStateException("the test has no result for " + operation);
    };
  }

  private NfsResop4 exchangeId() {
    boolean known = lastClientid != 0;
    if (!known) {
      lastClientid = incarnation << 32 | 7;
      clientSequence = 1;
    }
    return new NfsResop4.ExchangeId(
        new ExchangeId4Res.Ok(
            new ExchangeId4Resok(
                lastClientid,
                clientSequence,
                known ? Nfs4.EXCHGID4_FLAG_CONFIRMED_R : 0,
                new StateProtect4R.None(),
                new ServerOwner4(0, Opaque.ofUtf8(owner)),
                Opaque.ofUtf8(scope),
                null)));
  }

  private NfsResop4 createSession(CreateSession4Args args) {
    if (args.clientid() != lastClientid) {
      return new NfsResop4.CreateSession(
          new CreateSession4Res.Failed(Nfsstat4.NFS4ERR_STALE_CLIENTID));
    }
    ChannelAttrs4 asked = args.foreChanAttrs();
    return created(
        args,
        new ChannelAttrs4(
            0,
            asked.maxrequestsize(),
            asked.maxresponsesize(),
            asked.maxresponsesizeCached(),
            asked.maxoperations(),
            Math.min(slots, asked.maxrequests()),
            null));
  }

  /** Creates a session and reports these limits to the client. */
  public NfsResop4 created(CreateSession4Args args, ChannelAttrs4 told) {
    clientSequence++;
    Sessionid4 id = sessionid(++lastSession);
    Slot[] table = new Slot[slots];
    for (int i = 0; i < slots; i++) {
      table[i] = new Slot();
    }
    sessions.put(id.data(), table);
    return new NfsResop4.CreateSession(
        new CreateSession4Res.Ok(
            new CreateSession4Resok(
                id,
                args.sequence(),
                Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN,
                told,
                args.backChanAttrs())));
  }
}
