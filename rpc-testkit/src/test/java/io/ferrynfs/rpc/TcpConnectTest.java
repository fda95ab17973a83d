package io.ferrynfs.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.SystemEnv;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests listening and connecting on unavailable ports. */
class TcpConnectTest {
  private final SystemEnv env = new SystemEnv(8 << 20);

  @AfterEach
  void closeEnvironment() {
    env.close();
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @Test
  void listenOnAPortInUseFails() throws Exception {
    try (RpcServer server = RpcServer.listen(env, anyPort(), RpcLimits.DEFAULT, new Echo())) {
      assertThatThrownBy(
              () -> RpcServer.listen(env, server.localAddress(), RpcLimits.DEFAULT, new Echo()))
          .isInstanceOf(BindException.class);
    }
  }

  @Test
  void connectToAPortWithoutAListenerFails() throws Exception {
    // The port is bound so that no other process listens on it during the test.
    try (Socket silent = new Socket()) {
      silent.bind(anyPort());
      assertThatThrownBy(() ->
              RpcConnection.connect(
                      env,
                      silent.getLocalSocketAddress(),
                      ConnectOptions.within(Duration.ofSeconds(10)),
                      RpcLimits.DEFAULT,
                      new Echo())
                  .get(10, TimeUnit.SECONDS))
          .cause()
          .isInstanceOfSatisfying(
              RpcException.class,
              e -> assertThat(e.kind()).isEqualTo(RpcException.Kind.CONNECT_FAILED));
    }
  }
}
