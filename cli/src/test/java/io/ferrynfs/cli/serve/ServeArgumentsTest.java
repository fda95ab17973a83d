package io.ferrynfs.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.ferrynfs.rpc.env.RandomSource;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.IpNetwork;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeArgumentsTest {
  @Test
  void singleDirectoryIsServedAsRoot() {
    assertThat(ExportArgument.parse(List.of("/srv/a=b")))
        .isEqualTo(List.of(new ExportArgument("/srv/a", Path.of("b"))));
    assertThat(ExportArgument.parse(List.of("data")))
        .isEqualTo(List.of(new ExportArgument("/", Path.of("data"))));
  }

  @Test
  void severalDirectoriesNeedNames() {
    assertThat(ExportArgument.parse(List.of("/a=x", "/b/c=y")))
        .isEqualTo(
            List.of(
                new ExportArgument("/a", Path.of("x")), new ExportArgument("/b/c", Path.of("y"))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExportArgument.parse(List.of("/a=x", "y")))
        .withMessageContaining("/name=y");
  }

  @Test
  void addressIsAHostAndAPort() {
    InetSocketAddress address = ListenAddress.parse("127.0.0.1:2049");
    assertThat(ListenAddress.text(address)).isEqualTo("127.0.0.1:2049");
    assertThat(ListenAddress.text(ListenAddress.parse("[::1]:0"))).isEqualTo("[::1]:0");
  }

  @Test
  void invalidAddressIsExplained() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ListenAddress.parse("2049"))
        .withMessageContaining("HOST:PORT");
    assertThatIllegalArgumentException().isThrownBy(() -> ListenAddress.parse("127.0.0.1:99999"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ListenAddress.parse("127.0.0.1:nfs"))
        .withMessageContaining("no port");
  }

  // I-026
  @Test
  void copyFromDefaultsToTheLocalNetworks() {
    assertThat(CopyFromOption.parse(List.of())).isEqualTo(CopySources.ofOwnNetworks());
    assertThat(CopyFromOption.parse(List.of("none"))).isEqualTo(CopySources.none());
    assertThat(CopyFromOption.parse(List.of("10.0.0.0/8", "::1")))
        .isEqualTo(
            new CopySources(false, List.of(IpNetwork.parse("10.0.0.0/8"), IpNetwork.parse("::1"))));
    assertThat(CopyFromOption.parse(List.of("local", "10.1.2.3")))
        .isEqualTo(new CopySources(true, List.of(IpNetwork.parse("10.1.2.3"))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CopyFromOption.parse(List.of("none", "local")))
        .withMessageContaining("alone");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CopyFromOption.parse(List.of("example.org")))
        .withMessageContaining("example.org");
  }

  @Test
  void copyToIsAnyServerSomeNetworksOrNone() {
    assertThat(CopySourceOption.policy(List.of())).isEqualTo(CopySourcePolicy.ANYBODY);
    assertThat(CopySourceOption.policy(List.of("none"))).isEqualTo(CopySourcePolicy.NOBODY);
    assertThat(CopySourceOption.policy(List.of("10.0.0.0/8", "2001:db8::1")))
        .isEqualTo(
            new CopySourcePolicy(
                List.of(IpNetwork.parse("10.0.0.0/8"), IpNetwork.parse("2001:db8::1/128"))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CopySourceOption.policy(List.of("10.0.0.0/8", "none")))
        .withMessageContaining("alone");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CopySourceOption.policy(List.of("ten.example")))
        .withMessageContaining("ten.example");
  }

  @Test
  void announcedAddressMayOmitThePort() {
    assertThat(CopySourceOption.announced("192.0.2.1"))
        .isEqualTo(new InetSocketAddress("192.0.2.1", 0));
    assertThat(CopySourceOption.announced("192.0.2.1:12049"))
        .isEqualTo(new InetSocketAddress("192.0.2.1", 12049));
    for (String six : List.of("2001:db8::1", "[2001:db8::1]")) {
      assertThat(CopySourceOption.announced(six))
          .isEqualTo(new InetSocketAddress("2001:db8::1", 0));
    }
    assertThat(CopySourceOption.announced("[2001:db8::1]:2049"))
        .isEqualTo(new InetSocketAddress("2001:db8::1", 2049));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CopySourceOption.announced("192.0.2.1:nfs"));
  }

  private static Opaque identity(Path state, RandomSource random, Path... exports)
      throws IOException {
    try (ServerFolder server =
        ServerFolder.open(new StateFolder(state), List.of(exports), random)) {
      return server.identity(random);
    }
  }

  // RFC 8881 section 2.10.4
  @Test
  void serverIdentitySurvivesChangesOfExports(@TempDir Path folder) throws Exception {
    Path a = Files.createDirectory(folder.resolve("a"));
    Path b = Files.createDirectory(folder.resolve("b"));
    Path c = Files.createDirectory(folder.resolve("c"));
    Path state = folder.resolve("state");
    try (SystemEnv env = new SystemEnv()) {
      var name = identity(state, env.random(), a, b);
      assertThat(identity(state, env.random(), b, a)).isEqualTo(name);
      assertThat(identity(state, env.random(), b)).isEqualTo(name);
      assertThat(identity(state, env.random(), c, b)).isEqualTo(name);
      assertThat(identity(state, env.random(), c)).isEqualTo(name);
    }
  }

  // RFC 8881 section 2.10.4
  @Test
  void directoryDroppedByARunningServerDoesNotBringItsIdentity(@TempDir Path folder)
      throws Exception {
    Path a = Files.createDirectory(folder.resolve("a"));
    Path b = Files.createDirectory(folder.resolve("b"));
    StateFolder state = new StateFolder(folder.resolve("state"));
    try (SystemEnv env = new SystemEnv()) {
      Opaque name;
      Opaque others;
      try (ServerFolder running = ServerFolder.open(state, List.of(a, b), env.random());
          ServerFolder other = ServerFolder.open(state, List.of(a), env.random())) {
        name = running.identity(env.random());
        others = other.identity(env.random());
        assertThat(others).isNotEqualTo(name);
        assertThat(other.clients()).isNotEqualTo(running.clients());
      }
      assertThat(identity(folder.resolve("state"), env.random(), a)).isEqualTo(others);
      assertThat(identity(folder.resolve("state"), env.random(), b)).isEqualTo(name);
    }
  }

  @Test
  void serverIdentitySurvivesARestart(@TempDir Path folder) throws Exception {
    Path export = Files.createDirectory(folder.resolve("export"));
    Path state = folder.resolve("state");
    try (SystemEnv env = new SystemEnv()) {
      var first = identity(state, env.random(), export);
      assertThat(identity(state, env.random(), export)).isEqualTo(first);
      assertThat(identity(folder.resolve("other"), env.random(), export)).isNotEqualTo(first);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
        .isEqualTo("rwx------");
  }
}
