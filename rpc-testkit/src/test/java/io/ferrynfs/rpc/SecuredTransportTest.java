package io.ferrynfs.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.auth.AuthConnection;
import io.ferrynfs.rpc.auth.AuthFlavors;
import io.ferrynfs.rpc.auth.AuthVerdict;
import io.ferrynfs.rpc.auth.CallHeader;
import io.ferrynfs.rpc.auth.CallProtection;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.auth.ReplyProtection;
import io.ferrynfs.rpc.auth.ReplyVerifier;
import io.ferrynfs.rpc.auth.RpcPeer;
import io.ferrynfs.rpc.auth.RpcPrincipal;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.FilePayload;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.rpc.env.TransportIdentity;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a connection that is secured after a probe (RFC 9289 section 4.1). */
class SecuredTransportTest {
  private static final int AUTH_TLS = 7;
  private static final int FILE = 100;
  private static final Opaque STARTTLS = Opaque.ofUtf8("STARTTLS");

  private final SystemEnv env = new SystemEnv(8 << 20);
  private final AtomicReference<FilePayload.@Nullable Source> file = new AtomicReference<>();
  private final CountDownLatch serverSecured = new CountDownLatch(1);
  private RpcServer server;
  private RpcConnection client;

  @TempDir Path folder;

  /** Replies to the probe and secures the connection after the reply. */
  private AuthVerdict probed(CallHeader call, AuthConnection connection) {
    if (call.procedure() != 0 || connection.peer().identity() != null) {
      return AuthVerdict.Rejected.BADCRED;
    }
    return new AuthVerdict.Answered(
        new StartTls(),
        out -> {},
        () -> {
          connection.secure(below -> new ToyLayer(below, "server.example"));
          serverSecured.countDown();
        });
  }

  private record StartTls() implements ReplyProtection {
    @Override
    public RpcPrincipal principal() {
      return Credential.none();
    }

    @Override
    public int verifierBytesMax() {
      return 16;
    }

    @Override
    public void writeVerifier(XdrWriter out) {
      out.writeInt(0);
      out.writeOpaque(STARTTLS, 8);
    }
  }

  /** The credential of the probe, which secures the connection if the reply has STARTTLS. */
  private final class Probe implements Credential, CallProtection {
    private volatile boolean isSupported;

    @Override
    public int flavor() {
      return AUTH_TLS;
    }

    @Override
    public String name() {
      return "nobody";
    }

    @Override
    public CallProtection protect(RpcPeer peer) {
      return this;
    }

    @Override
    public void writeCredential(XdrWriter out) {
      out.writeInt(AUTH_TLS);
      out.writeInt(0);
    }

    @Override
    public void check(ReplyVerifier reply) {
      byte[] body = new byte[reply.body().remaining()];
      reply.body().get(0, body);
      isSupported = reply.flavor() == 0 && Opaque.of(body).equals(STARTTLS);
      if (isSupported) {
        client.secure(below -> new ToyLayer(below, "client.example"));
      }
    }
  }

  private final class Handler implements RpcHandler {
    private final Echo echo = new Echo();

    @Override
    public void handle(RpcCall call) {
      FilePayload.Source source = file.get();
      if (call.procedure() == FILE && source != null) {
        call.reply(out -> out.writePayload(new FilePayload(source, 0, 300_000, () -> {}), 1 << 20));
      } else {
        echo.handle(call);
      }
    }

    @Override
    public AuthFlavors authFlavors() {
      return AuthFlavors.STANDARD.with(AUTH_TLS, connection -> call -> probed(call, connection));
    }
  }

  @BeforeEach
  void connect() throws Exception {
    server =
        RpcServer.listen(
            env,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            RpcLimits.DEFAULT,
            new Handler());
    client =
        RpcConnection.connect(
                env,
                server.localAddress(),
                ConnectOptions.within(Duration.ofSeconds(10)),
                RpcLimits.DEFAULT,
                new Echo())
            .get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    env.close();
  }

  private static CompletableFuture<String> echo(RpcConnection over, String text) {
    return over.call(Echo.request(Echo.ECHO, text)).thenApply(Echo::text);
  }

  private CompletableFuture<Boolean> probe() {
    Probe probe = new Probe();
    return client
        .call(RpcRequest.of(Echo.PROGRAM, Echo.VERSION, 0, probe, out -> {}))
        .thenApply(reply -> {
          reply.close();
          return probe.isSupported;
        });
  }

  @Test
  void connectionIsSecuredBetweenTwoRecordsUnderLoadInBothDirections() throws Exception {
    assertThat(echo(client, "plain").get(20, TimeUnit.SECONDS)).isEqualTo("plain");
    RpcConnection back = server.connections().getFirst();
    assertThat(client.peerIdentity()).isNull();
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      calls.add(echo(client, "before " + i + "x".repeat(i * 20)));
    }
    CompletableFuture<Boolean> secured = probe();
    assertThat(secured.get(20, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 300; i++) {
      calls.add(echo(client, "after " + i + "x".repeat(i * 20)));
      calls.add(echo(back, "back " + i + "x".repeat(i * 20)));
    }
    for (int i = 0; i < 300; i++) {
      assertThat(calls.get(i).get(20, TimeUnit.SECONDS)).startsWith("before " + i + "x".repeat(i));
    }
    for (int i = 0; i < 300; i++) {
      assertThat(calls.get(300 + 2 * i).get(20, TimeUnit.SECONDS)).startsWith("after " + i);
      assertThat(calls.get(301 + 2 * i).get(20, TimeUnit.SECONDS)).startsWith("back " + i);
    }
    assertThat(client.peerIdentity())
        .extracting(TransportIdentity::name)
        .isEqualTo("server.example");
    assertThat(back.peerIdentity()).extracting(TransportIdentity::name).isEqualTo("client.example");
  }

  @Test
  void serverThatCallsBackDuringTheHandshakeIsDelayedByIt() throws Exception {
    assertThat(echo(client, "plain").get(20, TimeUnit.SECONDS)).isEqualTo("plain");
    RpcConnection back = server.connections().getFirst();
    List<CompletableFuture<String>> calls = new ArrayList<>();
    CompletableFuture<Boolean> secured = probe();
    // The peer would send the reply to an earlier call unencrypted, and this end would read it as a
    // handshake.
    assertThat(serverSecured.await(20, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 300; i++) {
      calls.add(echo(back, "back " + i));
    }
    assertThat(secured.get(20, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 300; i++) {
      assertThat(calls.get(i).get(20, TimeUnit.SECONDS)).isEqualTo("back " + i);
    }
  }

  @Test
  void connectionIsNotSecuredFromAnotherThread() throws Exception {
    assertThat(echo(client, "plain").get(20, TimeUnit.SECONDS)).isEqualTo("plain");
    assertThatThrownBy(() -> client.secure(below -> new ToyLayer(below, "client.example")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("not on the connection's thread");
    assertThat(echo(client, "still plain").get(20, TimeUnit.SECONDS)).isEqualTo("still plain");
    assertThat(client.peerIdentity()).isNull();
  }

  @Test
  void fileDataPassesThroughTheLayer() throws Exception {
    Path path = folder.resolve("data");
    byte[] content = new byte[300_000];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i * 31);
    }
    Files.write(path, content);
    file.set(new FileSource(path));
    assertThat(probe().get(20, TimeUnit.SECONDS)).isTrue();
    RpcReply reply =
        client
            .call(RpcRequest.of(Echo.PROGRAM, Echo.VERSION, FILE, Credential.none(), out -> {}))
            .get(20, TimeUnit.SECONDS);
    try (reply) {
      byte[] received = new byte[content.length];
      reply.results().readPayload(1 << 20).bytes().get(received);
      assertThat(received).isEqualTo(content);
    }
  }

  @Test
  void probeOnASecuredConnectionIsRejected() throws Exception {
    assertThat(probe().get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(echo(client, "secured").get(20, TimeUnit.SECONDS)).isEqualTo("secured");
    CompletableFuture<Boolean> second = probe();
    assertThat(second)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .withMessageContaining("AUTH_ERROR: auth_stat 1");
    assertThat(Objects.requireNonNull(server.connections().getFirst().peerIdentity()).name())
        .isEqualTo("client.example");
  }
}
