package io.ferrynfs.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcReply;
import io.ferrynfs.rpc.RpcRequest;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.ClientOwner4;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** A whole server, over the simulated network and over TCP. */
class NfsServerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Simulation world = new Simulation(7);
  private final SimEnv serverHost = world.host("server");
  private final SimEnv clientHost = world.host("client");
  private final MemoryVolume volume = MemoryVolume.builder("volume", serverHost.clock()).build();

  private NfsServer start(SimEnv host) throws IOException {
    return NfsServer.builder(host).listen(new InetSocketAddress(2049)).export("/", volume).start();
  }

  /** Closes a server without waiting for simulated time, which advances on this thread. */
  private void shutDown(NfsServer server) throws ExecutionException {
    world.await(server.shutdown(SECOND), MINUTE);
  }

  private RpcConnection connect() throws ExecutionException {
    return world.await(
        RpcConnection.connect(
            clientHost,
            InetSocketAddress.createUnresolved("server", 2049),
            ConnectOptions.within(SECOND),
            RpcLimits.DEFAULT,
            RpcHandler.NO_PROGRAMS),
        MINUTE);
  }

  private Compound4Res compound(RpcConnection connection, NfsArgop4... operations)
      throws ExecutionException {
    Compound4Args args = new Compound4Args(Opaque.EMPTY, 2, List.of(operations));
    RpcRequest request = RpcRequest.of(100003, 4, 1, RawClient.user(0), args::encode);
    try (RpcReply reply = world.await(connection.call(request), MINUTE)) {
      return Compound4Res.decode(reply.results());
    } catch (XdrException e) {
      throw new AssertionError(e);
    }
  }

  private Sessionid4 mount(RpcConnection connection) throws ExecutionException {
    ExchangeId4Resok client = exchangeId(connection);
    Compound4Res created = compound(connection, createSession(client.clientid()));
    Sessionid4 session =
        ((CreateSession4Res.Ok) ((NfsResop4.CreateSession) created.resarray().getFirst()).res())
            .value()
            .sessionid();
    compound(
        connection,
        sequence(session, 1),
        new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(false)));
    return session;
  }

  private ExchangeId4Resok exchangeId(RpcConnection connection) throws ExecutionException {
    Compound4Res res =
        compound(
            connection,
            new NfsArgop4.ExchangeId(
                new ExchangeId4Args(
                    new ClientOwner4(
                        new Verifier4(Opaque.ofUtf8("verifier")), Opaque.ofUtf8("alpha")),
                    0,
                    new StateProtect4A.None(),
                    null)));
    return ((ExchangeId4Res.Ok) ((NfsResop4.ExchangeId) res.resarray().getFirst()).res()).value();
  }

  private static NfsArgop4 createSession(long clientid) {
    return new NfsArgop4.CreateSession(
        new CreateSession4Args(
            clientid,
            1,
            0,
            RawClient.channel(1 << 16, 2048, 16, 4),
            RawClient.channel(4096, 0, 2, 1),
            0,
            List.of()));
  }

  private static NfsArgop4 sequence(Sessionid4 session, long sequenceid) {
    return new NfsArgop4.Sequence(new Sequence4Args(session, sequenceid, 0, 0, true));
  }

  @Test
  void retriedRequestOnANewConnectionIsExecutedOnce() throws Exception { // W-027
    NfsServer server = start(serverHost);
    RpcConnection first = connect();
    Sessionid4 session = mount(first);
    NfsArgop4[] request = {
      sequence(session, 2), Ops.putrootfh(), Ops.open("o", "file", Ops.READ, Ops.NONE)
    };
    Compound4Res reply = compound(first, request);
    assertThat(reply.status()).isEqualTo(Nfsstat4.NFS4_OK);
    first.close();
    assertThat(compound(connect(), request)).isEqualTo(reply);
    assertThat(server.stateidCount()).isEqualTo(1);
    shutDown(server);
  }

  @Test
  void silentClientIsRemovedWithItsStateAfterCourtesy() throws Exception {
    NfsServer server = start(serverHost);
    RpcConnection connection = connect();
    Sessionid4 session = mount(connection);
    compound(
        connection,
        sequence(session, 2),
        Ops.putrootfh(),
        Ops.open("o", "file", Ops.READ, Ops.NONE));
    world.run(Duration.ofSeconds(80));
    assertThat(server.stateidCount()).isEqualTo(1);
    world.run(Duration.ofSeconds(40));
    assertThat(server.stateidCount()).as("courtesy client").isEqualTo(1);
    world.run(Duration.ofDays(1));
    assertThat(server.stateidCount()).isZero();
    assertThat(server.clientCount()).isZero();
    shutDown(server);
  }

  @Test
  void restartedServerKnowsFilehandlesButNoSessionsOrClientids() throws Exception {
    NfsServer before = start(serverHost);
    RpcConnection connection = connect();
    Sessionid4 session = mount(connection);
    long clientid = exchangeId(connection).clientid();
    Compound4Res found =
        compound(
            connection,
            sequence(session, 2),
            Ops.putrootfh(),
            Ops.open("o", "file", Ops.READ, Ops.NONE),
            Ops.getfh());
    assertThat(before.clientCount()).isEqualTo(1);
    serverHost.kill();
    NfsServer after = start(serverHost.restart());
    RpcConnection again = connect();
    assertThat(compound(again, sequence(session, 3), Ops.putrootfh()).status())
        .isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(compound(again, createSession(clientid)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_STALE_CLIENTID);
    Sessionid4 fresh = mount(again);
    Compound4Res res =
        compound(
            again,
            sequence(fresh, 2),
            Ops.putfh(Ops.filehandle(found.resarray())),
            Ops.close(Ops.stateid(found.resarray())));
    assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(after.clientCount()).isEqualTo(1);
    shutDown(after);
  }

  @Test
  void closedServerClosesItsConnectionsAndAcceptsNone() throws Exception {
    NfsServer server = start(serverHost);
    RpcConnection connection = connect();
    mount(connection);
    shutDown(server);
    world.run(SECOND);
    assertThat(connection.isOpen()).isFalse();
    assertThat(server.clientCount()).isZero();
    assertThatThrownBy(this::connect).isInstanceOf(ExecutionException.class);
  }

  @Test
  void usedPortFailsTheStart() throws Exception {
    NfsServer first = start(serverHost);
    assertThat(first.clientCount()).isZero();
    assertThatThrownBy(() -> start(serverHost)).isInstanceOf(IOException.class);
    shutDown(first);
  }

  @Test
  void garbageAndPartialRecordsDoNotAffectOtherClients() throws Exception {
    try (SystemEnv env = new SystemEnv();
        NfsServer server =
            NfsServer.builder(env)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .export("/", volume)
                .start()) {
      InetSocketAddress address = server.localAddress();
      try (Socket garbage = new Socket(address.getAddress(), address.getPort());
          Socket partial = new Socket(address.getAddress(), address.getPort())) {
        garbage
            .getOutputStream()
            .write("GET / HTTP/1.1\r\n\r\n".repeat(100).getBytes(StandardCharsets.US_ASCII));
        partial.getOutputStream().write(new byte[] {(byte) 0x80, 0, 1, 0, 1, 2, 3});
        RpcConnection connection =
            RpcConnection.connect(
                    env,
                    address,
                    ConnectOptions.within(Duration.ofSeconds(10)),
                    RpcLimits.DEFAULT,
                    RpcHandler.NO_PROGRAMS)
                .join();
        RpcRequest nothing = RpcRequest.of(100003, 4, 0, RawClient.user(0), out -> {});
        connection.call(nothing).join().close();
        assertThat(garbage.getInputStream().read()).isEqualTo(-1);
      }
      server.shutdown(Duration.ofSeconds(2)).join();
      assertThatThrownBy(() ->
              RpcConnection.connect(
                      env,
                      address,
                      ConnectOptions.within(Duration.ofSeconds(10)),
                      RpcLimits.DEFAULT,
                      RpcHandler.NO_PROGRAMS)
                  .join())
          .isInstanceOf(CompletionException.class);
    }
  }
}
