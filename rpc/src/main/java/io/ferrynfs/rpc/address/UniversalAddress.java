package io.ferrynfs.rpc.address;

import io.ferrynfs.wire.nfs4.Netaddr4;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Universal addresses of TCP, as in netaddr4 (RFC 8881 section 3.3.9, RFC 5665): {@code
 * h1.h2.h3.h4.p1.p2} with netid "tcp", IPv6 text and {@code .p1.p2} with netid "tcp6".
 *
 * <p>Host names are not resolved. Rejected are an address of another kind than its netid, a zone,
 * and numbers with a sign or more than three digits.
 */
public final class UniversalAddress {
  private static final String TCP = "tcp";
  private static final String TCP6 = "tcp6";

  /** The maximum length of an IPv6 text with an embedded IPv4 address, and the port. */
  private static final int TEXT_BYTES_MAX = 45 + 8;

  private static final Pattern PORT = Pattern.compile("(.+)\\.(\\d{1,3})\\.(\\d{1,3})");
  private static final Pattern IPV4 =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final int BYTE_MAX = 255;

  private UniversalAddress() {}

  /** Returns the universal address of a resolved socket address. */
  public static Netaddr4 of(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    String text = host.getHostAddress();
    int zone = text.indexOf('%');
    int port = address.getPort();
    String written =
        (zone < 0 ? text : text.substring(0, zone)) + "." + (port >> 8) + "." + (port & 0xff);
    return new Netaddr4(
        Opaque.ofUtf8(host instanceof Inet6Address ? TCP6 : TCP), Opaque.ofUtf8(written));
  }

  /** Returns the socket address; empty if it is not one of TCP over IPv4 or IPv6. */
  public static Optional<InetSocketAddress> parse(Netaddr4 written) {
    if (written.addr().size() > TEXT_BYTES_MAX) {
      return Optional.empty();
    }
    Matcher parts = PORT.matcher(written.addr().utf8());
    if (!parts.matches()) {
      return Optional.empty();
    }
    int high = Integer.parseInt(parts.group(2));
    int low = Integer.parseInt(parts.group(3));
    if (high > BYTE_MAX || low > BYTE_MAX) {
      return Optional.empty();
    }
    return host(written.netid().utf8(), parts.group(1))
        .map(host -> new InetSocketAddress(host, high << 8 | low));
  }

  private static Optional<InetAddress> host(String netid, String text) {
    return switch (netid) {
      case TCP -> literal(IPV4, text).filter(host -> host instanceof Inet4Address);
      // The JDK returns an IPv4-mapped IPv6 address as IPv4.
      case TCP6 -> literal(IPV6, text);
      default -> Optional.empty();
    };
  }

  /** Parses a literal address. The pattern excludes host names, which would be looked up. */
  private static Optional<InetAddress> literal(Pattern form, String text) {
    if (!form.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException notOne) {
      return Optional.empty();
    }
  }
}
