package io.ferrynfs.server.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.env.InterfaceAddress;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.IpNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The addresses to which a client can make this server connect. */
class SourcePolicyTest {
  private static final List<InterfaceAddress> INTERFACES =
      List.of(
          new InterfaceAddress(host("127.0.0.1"), 8),
          new InterfaceAddress(host("192.0.2.7"), 24),
          new InterfaceAddress(host("2001:db8::7"), 64),
          new InterfaceAddress(host("fe80::7"), 64),
          new InterfaceAddress(host("198.51.100.1"), 0));

  private static InetAddress host(String address) {
    return InetAddress.ofLiteral(address);
  }

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(host(address), 2049);
  }

  private static SourcePolicy policy(CopySources choice, String listening) {
    return new SourcePolicy(choice, () -> INTERFACES, at(listening));
  }

  private static List<String> allowed(SourcePolicy policy, String... addresses) {
    return List.of(addresses).stream().filter(address -> policy.isAllowed(at(address))).toList();
  }

  // I-026, B50
  @Test
  void onlyServersOfTheMachinesNetworksAreAllowed() {
    assertThat(
            allowed(
                policy(CopySources.ofOwnNetworks(), "0.0.0.0"),
                "192.0.2.1",
                "192.0.3.1",
                "2001:db8::1",
                "2001:db8:0:1::1",
                "198.51.100.2",
                "8.8.8.8",
                "127.0.0.1",
                "::1",
                "fe80::1",
                "169.254.169.254"))
        .containsExactly("192.0.2.1", "2001:db8::1");
  }

  // I-026
  @Test
  void loopbackIsAllowedIfTheServerListensThereOrTheOperatorNamesIt() {
    assertThat(allowed(policy(CopySources.ofOwnNetworks(), "127.0.0.1"), "127.0.0.1", "::1"))
        .containsExactly("127.0.0.1", "::1");
    CopySources named = new CopySources(false, List.of(IpNetwork.parse("127.0.0.1")));
    assertThat(allowed(policy(named, "0.0.0.0"), "127.0.0.1", "127.0.0.2", "192.0.2.1"))
        .containsExactly("127.0.0.1");
  }

  // I-026, B50
  @Test
  void specialAddressesAreDeniedEvenIfTheOperatorNamesAllNetworks() {
    CopySources everything =
        new CopySources(true, List.of(IpNetwork.parse("0.0.0.0/0"), IpNetwork.parse("::/0")));
    assertThat(
            allowed(
                policy(everything, "0.0.0.0"),
                "169.254.169.254",
                "fe80::1",
                "fd00:ec2::254",
                "224.0.0.1",
                "ff02::1",
                "0.0.0.0",
                "::",
                "255.255.255.255",
                "127.0.0.1",
                "::1",
                "::ffff:127.0.0.1",
                "8.8.8.8"))
        .containsExactly("8.8.8.8");
  }

  // I-026
  @Test
  void systemPortsOtherThanThatOfNfsAreDenied() {
    SourcePolicy policy = policy(CopySources.ofOwnNetworks(), "0.0.0.0");
    assertThat(
            List.of(0, 22, 111, 1023, 1024, 2049, 65_535).stream()
                .filter(port -> policy.isAllowed(new InetSocketAddress(host("192.0.2.1"), port)))
                .toList())
        .containsExactly(1024, 2049, 65_535);
  }

  // I-026: no firewall separates these ports from this server
  @Test
  void otherPortsOfThisMachineAreDeniedUnlessTheOperatorNamesIt() {
    CopySources named = new CopySources(true, List.of(IpNetwork.parse("192.0.2.7")));
    for (CopySources choice : List.of(CopySources.ofOwnNetworks(), named)) {
      SourcePolicy policy = policy(choice, "192.0.2.9");
      assertThat(policy.isAllowed(at("192.0.2.7"))).as("another file server").isTrue();
      assertThat(policy.isAllowed(new InetSocketAddress(host("192.0.2.7"), 6379)))
          .isEqualTo(choice.equals(named));
    }
  }

  // I-027
  @Test
  void isSelfMatchesTheAddressesOnWhichTheServerListens() {
    SourcePolicy everywhere = policy(CopySources.ofOwnNetworks(), "0.0.0.0");
    assertThat(List.of("192.0.2.7", "127.0.0.1", "2001:db8::7", "192.0.2.8"))
        .filteredOn(address -> everywhere.isSelf(at(address)))
        .containsExactly("192.0.2.7", "127.0.0.1", "2001:db8::7");
    assertThat(everywhere.isSelf(new InetSocketAddress(host("192.0.2.7"), 2050))).isFalse();
    SourcePolicy one = policy(CopySources.ofOwnNetworks(), "192.0.2.7");
    assertThat(one.isSelf(at("127.0.0.1"))).isFalse();
    assertThat(one.isSelf(at("192.0.2.7"))).isTrue();
  }
}
