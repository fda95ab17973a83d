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
 * A source that keeps to the protocol as far as the test lets it: it has a session, and one file of
 * zeros. Every call is kept.
 */
final class Liar implements RpcHandler {
  private static final int SLOTS = 64;

  /** What it was asked. */
  record Asked(RpcPrincipal who, Compound4Args what) {}

  final List<Asked> asked = new ArrayList<>();

  /** The length of the file. */
  long size = 1 << 20;

  /** Bytes of it that take space. */
  long used = 1 << 20;

  int minorVersionMax = 2;

  /** What an operation answers; null for the ordinary answer. */
  Function<NfsArgop4, @Nullable NfsResop4> script = operation -> null;

  /** The whole results of a call; null for the ordinary ones, empty for none ever. */
  Function<Compound4Args, @Nullable Opaque> raw = call -> null;

  /** Which calls end the connection that they come on. */
  Predicate<Compound4Args> breaksAt = call -> false;

  /** How often that was so. */
  int broken;

  private final RpcServer rpc;
  private long sequence;
  private int lastSession;

  Liar(Env env) {
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
    asked.add(new Asked(call.principal(), args));
    if (breaksAt.test(args)) {
      broken++;
      call.drop();
      rpc.connections().forEach(RpcConnection::close);
      return;
    }
    Opaque instead = raw.apply(args);
    if (instead == null) {
      Compound4Res results = execute(args);
      call.reply(results::encode);
    } else if (instead.size() == 0) {
      call.drop();
    } else {
      call.reply(out -> out.payload(new BufferPayload(instead.asByteBuffer())));
    }
  }

  private Compound4Res execute(Compound4Args args) {
    if (args.minorversion() > minorVersionMax) {
      return new Compound4Res(Nfsstat4.NFS4ERR_MINOR_VERS_MISMATCH, args.tag(), List.of());
    }
    List<NfsResop4> results = new ArrayList<>();
    for (NfsArgop4 operation : args.argarray()) {
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
                new ServerOwner4(0, Opaque.ofUtf8("liar")),
                Opaque.ofUtf8("liar"),
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

  /** The operations it was asked for, in order. */
  List<NfsArgop4> operations() {
    return asked.stream().flatMap(call -> call.what().argarray().stream()).toList();
  }
}
