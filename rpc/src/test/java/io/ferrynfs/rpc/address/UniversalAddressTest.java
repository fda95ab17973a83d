package io.ferrynfs.rpc.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.wire.nfs4.Netaddr4;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UniversalAddressTest {

  private static Netaddr4 written(String netid, String text) {
    return new Netaddr4(Opaque.ofUtf8(netid), Opaque.ofUtf8(text));
  }

  // W-012
  @ParameterizedTest
  @CsvSource({
    "tcp, 10.77.0.21.8.1, 10.77.0.21, 2049",
    "tcp, 0.0.0.0.0.0, 0.0.0.0, 0",
    "tcp6, 2001:db8:0:0:0:0:0:5.8.1, 2001:db8::5, 2049",
    "tcp6, ::1.255.255, ::1, 65535",
    "tcp6, ::ffff:10.0.0.1.8.1, 10.0.0.1, 2049"
  })
  void universalAddressIsParsedToAHostAndAPort(String netid, String text, String host, int port) {
    assertThat(UniversalAddress.parse(written(netid, text)))
        .contains(new InetSocketAddress(host, port));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp, 10.77.0.21, no port",
    "tcp, 10.77.0.21.8, one byte of a port",
    "tcp, 10.77.0.256.8.1, a byte that is too large",
    "tcp, 10.77.0.21.256.1, a port that is too large",
    "tcp, 10.77.0.21.-8.1, a sign",
    "tcp, 10.77.0.21.8.1.1, too many bytes",
    "tcp, 10.77.21.8.1, a short form",
    "tcp, localhost.8.1, a name",
    "tcp, '', an empty text",
    "tcp, ::1.8.1, IPv6 under tcp",
    "tcp6, 10.77.0.21.8.1, IPv4 under tcp6",
    "tcp6, fe80::1%eth0.8.1, a zone",
    "tcp6, 1:2:3:4:5:6:7:8:9.8.1, too many groups",
    "udp, 10.77.0.21.8.1, another protocol"
  })
  void malformedAddressIsRejected(String netid, String text, String why) {
    assertThat(UniversalAddress.parse(written(netid, text))).as(why).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.77.0.21, 2049, tcp, 10.77.0.21.8.1",
    "::1, 80, tcp6, 0:0:0:0:0:0:0:1.0.80",
    "2001:db8::5, 65535, tcp6, 2001:db8:0:0:0:0:0:5.255.255"
  })
  void socketAddressIsFormattedWithItsPort(String host, int port, String netid, String text) {
    assertThat(UniversalAddress.of(new InetSocketAddress(host, port)))
        .isEqualTo(written(netid, text));
  }

  @Test
  void textAboveTheMaximumLengthIsRejected() {
    assertThat(UniversalAddress.parse(written("tcp6", ":".repeat(1_000) + ".8.1"))).isEmpty();
  }
}
