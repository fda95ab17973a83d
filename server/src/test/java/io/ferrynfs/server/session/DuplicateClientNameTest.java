package io.ferrynfs.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.testing.LogCapture;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection;
import io.ferrynfs.server.testing.TestServer;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two machines with the same client name (RFC 8881 section 18.35.4): the log reports them. */
class DuplicateClientNameTest {
  private final TestServer server = TestServer.start();

  private TestConnection from(String host) {
    return server.connect(
        new InetSocketAddress("10.0.0.1", 2049), new InetSocketAddress(host, 800));
  }

  private RawClient machine(String name, String host) {
    return server.client(name).onConnection(from(host));
  }

  @Test
  void machinesThatReplaceEachOtherAreLoggedOnce() {
    RawClient one = machine("Linux NFSv4.2 localhost", "10.0.0.5");
    RawClient other = machine("Linux NFSv4.2 localhost", "10.0.0.6").restart();
    List<String> lines =
        LogCapture.of(
            DuplicateClientName.class,
            () -> {
              for (int i = 0; i < 5; i++) {
                one.mount();
                other.mount();
              }
            });
    assertThat(lines)
        .containsExactly(
            "two machines have the client name \"Linux NFSv4.2 localhost\" and end each other's"
                + " sessions: 10.0.0.5 and 10.0.0.6. Give each a name of its own, on Linux by its"
                + " host name or by nfs.nfs4_unique_id");
  }

  @Test
  void clientThatRestartsOrChangesItsAddressIsNotLogged() {
    List<String> lines =
        LogCapture.of(
            DuplicateClientName.class,
            () -> {
              RawClient client = machine("alpha", "10.0.0.5").mount();
              client.onConnection(from("10.0.0.7")).restart().mount();
            });
    assertThat(lines).isEmpty();
  }
}
