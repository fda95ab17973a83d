package io.ferrynfs.cli.endtoend;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcReply;
import io.ferrynfs.rpc.RpcRequest;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.Env;
import io.ferrynfs.wire.nfs4.CallbackSecParms4;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.ClientOwner4;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.StateProtect4A;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A client without recovery, which returns the server's results. */
final class BareClient {
  private static final ChannelAttrs4 CHANNEL =
      new ChannelAttrs4(0, 1 << 20, 1 << 20, 2048, 16, 1, null);

  private final Env env;
  private final InetSocketAddress server;
  private RpcConnection connection;
  private long clientid;
  private long clientSequence;
  private Sessionid4 session = new Sessionid4(Opaque.of(new byte[16]));
  private long sequence;

  BareClient(Env env, InetSocketAddress server) {
    this.env = env;
    this.server = server;
    connection = connection();
  }

  private RpcConnection connection() {
    return RpcConnection.connect(
            env,
            server,
            ConnectOptions.within(Duration.ofSeconds(10)),
            RpcLimits.DEFAULT,
            RpcHandler.NO_PROGRAMS)
        .join();
  }

  void reconnect() {
    connection = connection();
  }

  private Compound4Res compound(List<NfsArgop4> operations) throws IOException {
    Credential superuser = new Credential.Sys(0, Opaque.ofUtf8("bare"), 0, 0, List.of());
    Compound4Args args = new Compound4Args(Opaque.EMPTY, 2, operations);
    RpcRequest request = RpcRequest.of(100_003, 4, 1, superuser, args::encode);
    try (RpcReply reply = connection.call(request).join()) {
      return Compound4Res.decode(reply.results());
    } catch (XdrException e) {
      throw new IOException(e);
    }
  }

  /** Sends EXCHANGE_ID. */
  BareClient exchangeId() throws IOException {
    ClientOwner4 owner =
        new ClientOwner4(new Verifier4(Opaque.ofUtf8("boot   1")), Opaque.ofUtf8("bare"));
    Compound4Res met =
        compound(
            List.of(
                new NfsArgop4.ExchangeId(
                    new ExchangeId4Args(owner, 0, new StateProtect4A.None(), null))));
    if (!(met.resarray().getFirst()
        instanceof NfsResop4.ExchangeId(ExchangeId4Res.Ok(var known)))) {
      throw new AssertionError(met);
    }
    clientid = known.clientid();
    clientSequence = known.sequenceid();
    return this;
  }

  /** Sends CREATE_SESSION with the current clientid. */
  Nfsstat4 createSession() throws IOException {
    CreateSession4Args wanted =
        new CreateSession4Args(
            clientid,
            clientSequence,
            0,
            CHANNEL,
            CHANNEL,
            0x4000_0000,
            List.of(new CallbackSecParms4.AuthNone()));
    Compound4Res made = compound(List.of(new NfsArgop4.CreateSession(wanted)));
    if (made.resarray().getFirst()
        instanceof NfsResop4.CreateSession(CreateSession4Res.Ok(var ok))) {
      clientSequence++;
      session = ok.sessionid();
      sequence = 0;
      return call(new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(false))).status();
    }
    return made.status();
  }

  /** Sends a COMPOUND with SEQUENCE and these operations. */
  Compound4Res call(NfsArgop4... operations) throws IOException {
    List<NfsArgop4> all = new ArrayList<>();
    all.add(new NfsArgop4.Sequence(new Sequence4Args(session, ++sequence, 0, 0, false)));
    all.addAll(List.of(operations));
    return compound(all);
  }
}
