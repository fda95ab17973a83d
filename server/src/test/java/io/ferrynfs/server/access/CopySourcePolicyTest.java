package io.ferrynfs.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.IpNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopySourcePolicyTest {
  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  @Test
  void anybodyAllowsEveryAddressOfBothFamilies() {
    assertThat(CopySourcePolicy.ANYBODY.allows(address("192.0.2.1"))).isTrue();
    assertThat(CopySourcePolicy.ANYBODY.allows(address("2001:db8::1"))).isTrue();
    assertThat(CopySourcePolicy.ANYBODY.isOff()).isFalse();
  }

  @Test
  void nobodyIsOff() {
    assertThat(CopySourcePolicy.NOBODY.allows(address("192.0.2.1"))).isFalse();
    assertThat(CopySourcePolicy.NOBODY.isOff()).isTrue();
  }

  @Test
  void onlyAddressesOfTheNetworksAreAllowed() {
    CopySourcePolicy two =
        new CopySourcePolicy(
            List.of(IpNetwork.parse("192.0.2.0/24"), IpNetwork.parse("2001:db8::/32")));
    assertThat(two.allows(new InetSocketAddress(address("192.0.2.77"), 700))).isTrue();
    assertThat(two.allows(new InetSocketAddress(address("2001:db8::77"), 700))).isTrue();
    assertThat(two.allows(new InetSocketAddress(address("192.0.3.77"), 700))).isFalse();
    assertThat(two.allows(UnixDomainSocketAddress.of("socket"))).isFalse();
  }

  @Test
  void ipv4MappedAddressIsTreatedAsIpv4() {
    CopySourcePolicy one = new CopySourcePolicy(List.of(IpNetwork.parse("192.0.2.0/24")));
    assertThat(one.allows(address("::ffff:192.0.2.1"))).isTrue();
  }
}
