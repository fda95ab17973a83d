package io.ferrynfs.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.SystemEnv;
import java.io.IOException;
import java.net.BindException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests connections over Unix domain sockets. */
class UnixSocketTest {
  private static final ConnectOptions SOON = ConnectOptions.within(Duration.ofSeconds(10));

  private final SystemEnv env = new SystemEnv(8 << 20);
  private UnixDomainSocketAddress address;
  private RpcServer server;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    server = RpcServer.listen(env, address, RpcLimits.DEFAULT, new Echo());
  }

  @AfterEach
  void stop() {
    server.close();
    env.close();
  }

  private RpcConnection connect() {
    return RpcConnection.connect(env, address, SOON, RpcLimits.DEFAULT, new Echo()).join();
  }

  private static String echo(RpcConnection through, String text) {
    return Echo.text(through.call(Echo.request(Echo.ECHO, text)).join());
  }

  @Test
  void bothEndsCallOnOneConnection() {
    String large = "x".repeat(Echo.BYTES_MAX);
    try (RpcConnection client = connect()) {
      assertThat(server.localAddress()).isEqualTo(address);
      assertThat(client.peerAddress()).isEqualTo(address);
      assertThat(echo(client, large)).isEqualTo(large);
      assertThat(echo(server.connections().getFirst(), large)).isEqualTo(large);
    }
  }

  @Test
  void garbageEndsItsConnectionOnly() throws IOException {
    try (RpcConnection client = connect();
        SocketChannel raw = SocketChannel.open(address)) {
      raw.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      assertThat(raw.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      assertThat(echo(client, "still here")).isEqualTo("still here");
    }
  }

  @Test
  void listenOnAnExistingPathFailsAndKeepsTheFile() {
    assertThatThrownBy(() -> RpcServer.listen(env, address, RpcLimits.DEFAULT, new Echo()))
        .isInstanceOf(BindException.class);
    try (RpcConnection client = connect()) {
      assertThat(echo(client, "mine")).isEqualTo("mine");
    }
  }

  @Test
  void connectToAClosedListenerFails() {
    server.close();
    assertThatThrownBy(this::connect)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(RpcException.class)
        .hasMessageContaining("CONNECT_FAILED");
  }
}
