package io.ferrynfs.server.source;

import io.ferrynfs.rpc.RpcCall;
import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcServer;
import io.ferrynfs.rpc.auth.RpcPrincipal;
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
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.Putrootfh4Res;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Res;
import io.ferrynfs.wire.nfs4.Seek4Res;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sequence4Res;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import io.ferrynfs.wire.nfs4.ServerOwner4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.StateProtect4R;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A scripted source. By default it follows the protocol: it has sessions and one file of zeros. It
 * records every call.
 */
final class ScriptedSource implements RpcHandler {
  private static final int SLOTS = 64;

  /** A call that the source received. */
  record ReceivedCall(RpcPrincipal principal, Compound4Args compound) {}

  final List<ReceivedCall> received = new ArrayList<>();

  /** The size of the file in bytes. */
  long size = 1 << 20;

  /** The number of bytes of the file that use space. */
  long used = 1 << 20;

  int minorVersionMax = 2;

  /** Returns the result of an operation, or null for the default result. */
  Function<NfsArgop4, @Nullable NfsResop4> script = operation -> null;

  /**
   * Returns the whole results of a call; null for the default results, empty for no reply at all.
   */
  Function<Compound4Args, @Nullable Opaque> raw = call -> null;

  /** Returns whether a call closes the connection on which it arrives. */
  Predicate<Compound4Args> breaksAt = call -> false;

  /** The number of calls that closed their connection. */
  int broken;

  private final RpcServer rpc;
  private long sequence;
  private int lastSession;

  ScriptedSource(Env env) {
    try {
      rpc =
          RpcServer.listen(env, new InetSocketAddress(CopyEndpoint.PORT), RpcLimits.DEFAULT, this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int connections() {
    return rpc.connections().size();
  }

  @Override
  public void handle(RpcCall call) {
    Compound4Args args;
    try {
      args = Compound4Args.decode(call.arguments());
    } catch (XdrException e) {
      throw new AssertionError(e);
    }
    received.add(new ReceivedCall(call.principal(), args));
    if (breaksAt.test(args)) {
      broken++;
      call.drop();
      rpc.connections().forEach(RpcConnection::close);
      return;
    }
    Opaque scripted = raw.apply(args);
    if (scripted == null) {
      Compound4Res results = execute(args);
      call.reply(results::encode);
    } else if (scripted.size() == 0) {
      call.drop();
    } else {
      call.reply(out -> out.payload(new BufferPayload(scripted.asByteBuffer())));
    }
  }

  private Compound4Res execute(Compound4Args args) {
    if (args.minorversion() > minorVersionMax) {
      return new Compound4Res(Nfsstat4.NFS4ERR_MINOR_VERS_MISMATCH, args.tag(), List.of());
    }
    List<NfsResop4> results = new ArrayList<>();
    for (NfsArgop4 operation : args.argarray()) {
      NfsResop4 own = script.apply(operation);
      NfsResop4 result = own == null ? defaultResult(operation) : own;
      results.add(result);
      if (result.status() != Nfsstat4.NFS4_OK) {
        return new Compound4Res(result.status(), args.tag(), results);
      }
    }
    return new Compound4Res(Nfsstat4.NFS4_OK, args.tag(), results);
  }

  private NfsResop4 defaultResult(NfsArgop4 operation) {
    Nfsstat4 ok = Nfsstat4.NFS4_OK;
    return switch (operation) {
      case NfsArgop4.Sequence(Sequence4Args args) ->
          new NfsResop4.Sequence(
              new Sequence4Res.Ok(
                  new Sequence4Resok(
                      args.sessionid(),
                      args.sequenceid(),
                      args.slotid(),
                      SLOTS - 1,
                      SLOTS - 1,
                      0)));
      case NfsArgop4.ExchangeId _ -> exchangeId();
      case NfsArgop4.CreateSession(CreateSession4Args args) -> createSession(args);
      case NfsArgop4.BindConnToSession(var args) ->
          new NfsResop4.BindConnToSession(
              new BindConnToSession4Res.Ok(
                  new BindConnToSession4Resok(
                      args.sessid(), ChannelDirFromServer4.CDFS4_BOTH, false)));
      case NfsArgop4.DestroySession _ -> new NfsResop4.DestroySession(new DestroySession4Res(ok));
      case NfsArgop4.DestroyClientid _ ->
          new NfsResop4.DestroyClientid(new DestroyClientid4Res(ok));
      case NfsArgop4.ReclaimComplete _ ->
          new NfsResop4.ReclaimComplete(new ReclaimComplete4Res(ok));
      case NfsArgop4.Putrootfh _ -> new NfsResop4.Putrootfh(new Putrootfh4Res(ok));
      case NfsArgop4.Putfh _ -> new NfsResop4.Putfh(new Putfh4Res(ok));
      case NfsArgop4.Getattr _ ->
          new NfsResop4.Getattr(
              new Getattr4Res.Ok(
                  new Getattr4Resok(
                      AttrValues.builder()
                          .put(Attrs.TYPE, NfsFtype4.NF4REG)
                          .put(Attrs.SIZE, size)
                          .put(Attrs.LEASE_TIME, 90L)
                          .put(Attrs.SPACE_USED, used)
                          .build()
                          .encode())));
      case NfsArgop4.Read(Read4Args args) -> {
        long left = Math.max(0, size - args.offset());
        yield read((int) Math.min(left, args.count()), args.count() >= left);
      }
      case NfsArgop4.Seek _ -> new NfsResop4.Seek(new Seek4Res.Failed(Nfsstat4.NFS4ERR_NOTSUPP));
      default -> throw new AssertionError("not expected of a destination: " + operation);
    };
  }

  static NfsResop4 read(int bytes, boolean eof) {
    return new NfsResop4.Read(
        new Read4Res.Ok(new Read4Resok(eof, new BufferPayload(ByteBuffer.allocate(bytes)))));
  }

  static NfsResop4 read(Nfsstat4 status) {
    return new NfsResop4.Read(new Read4Res.Failed(status));
  }

  private NfsResop4 exchangeId() {
    return new NfsResop4.ExchangeId(
        new ExchangeId4Res.Ok(
            new ExchangeId4Resok(
                7,
                ++sequence,
                0,
                new StateProtect4R.None(),
                new ServerOwner4(0, Opaque.ofUtf8("peer")),
                Opaque.ofUtf8("peer"),
                null)));
  }

  private NfsResop4 createSession(CreateSession4Args args) {
    ChannelAttrs4 fore = args.foreChanAttrs();
    Opaque id = Opaque.of(ByteBuffer.allocate(16).putInt(0, ++lastSession).array());
    return new NfsResop4.CreateSession(
        new CreateSession4Res.Ok(
            new CreateSession4Resok(
                new Sessionid4(id), args.sequence(), 0, fore, args.backChanAttrs())));
  }

  /** Returns the operations that the source received, in order. */
  List<NfsArgop4> operations() {
    return received.stream().flatMap(call -> call.compound().argarray().stream()).toList();
  }
}
