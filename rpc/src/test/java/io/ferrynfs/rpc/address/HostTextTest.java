package io.ferrynfs.rpc.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.Test;

class HostTextTest {
  // RFC 5952 section 4
  @Test
  void ipv6AddressHasItsCompressedForm() {
    for (String text :
        new String[] {
          "::",
          "::1",
          "2001:db8::1",
          "2001:db8:0:1:1:1:1:1",
          "2001:0:0:1::1",
          "fe80::",
          "1:2:3:4:5:6:7:8",
          "10.0.0.1"
        }) {
      assertThat(HostText.of(InetAddress.ofLiteral(text))).isEqualTo(text);
    }
    InetAddress longForm = InetAddress.ofLiteral("2001:0DB8:0000:0000:0000:0000:0000:000A");
    assertThat(HostText.of(longForm)).isEqualTo("2001:db8::a");
    assertThat(HostText.of(new InetSocketAddress(longForm, 2049))).isEqualTo("[2001:db8::a]:2049");
    SocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("10.9.9.9"), 2049);
    assertThat(HostText.of(any)).isEqualTo("10.9.9.9:2049");
  }
}
