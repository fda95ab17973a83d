package io.ferrynfs.server.operation;

import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.rpc.address.UniversalAddress;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.Nfs4;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where servers are (RFC 7862 section 4.7), as COPY_NOTIFY has them. */
final class Netlocs {
  /** Characters of a peer's text that people are shown. */
  private static final int TEXT_CHARACTERS_MAX = 256;

  private Netlocs() {}

  /** The address that is written there, when it is one of TCP; names are not resolved. */
  static Optional<InetAddress> address(Netloc4 location) {
    return location instanceof Netloc4.Netaddr written
        ? UniversalAddress.parse(written.addr()).map(InetSocketAddress::getAddress)
        : Optional.empty();
  }

  /**
   * The addresses at which a destination may read, the likeliest to be near it first, because Linux
   * tries no other: of the destination's family and with the longest common prefix. The one that
   * the client came by is the last, for servers may have a network among themselves.
   *
   * @param announced what the administrator named; port 0 stands for that of {@code own}
   * @param own where this server was reached by the client
   * @param destination where the destination is, when that is known
   */
  static List<Netloc4> of(
      List<InetSocketAddress> announced, InetSocketAddress own, Optional<InetAddress> destination) {
    Comparator<InetSocketAddress> nearest =
        Comparator.comparingInt(
            address -> destination.map(to -> -commonBits(address.getAddress(), to)).orElse(0));
    return Stream.concat(announced.stream().sorted(nearest), Stream.of(own))
        .map(address ->
            address.getPort() == 0
                ? new InetSocketAddress(address.getAddress(), own.getPort())
                : address)
        .distinct()
        .limit(Nfs4.NETLOCS_MAX)
        .<Netloc4>map(address -> new Netloc4.Netaddr(UniversalAddress.of(address)))
        .toList();
  }

  /** How many leading bits two addresses have in common; -1 for different families. */
  private static int commonBits(InetAddress one, InetAddress other) {
    byte[] a = one.getAddress();
    byte[] b = other.getAddress();
    if (a.length != b.length) {
      return -1;
    }
    for (int i = 0; i < a.length; i++) {
      int differing = (a[i] ^ b[i]) & 0xff;
      if (differing != 0) {
        return i * Byte.SIZE + Integer.numberOfLeadingZeros(differing) - 3 * Byte.SIZE;
      }
    }
    return a.length * Byte.SIZE;
  }

  /** As people read it, whatever the peer put there. */
  static String text(Netloc4 location) {
    String text =
        switch (location) {
          case Netloc4.Name name -> name.name().utf8();
          case Netloc4.Url url -> url.url().utf8();
          case Netloc4.Netaddr address ->
              UniversalAddress.parse(address.addr())
                  .map(HostText::of)
                  .orElseGet(
                      () -> address.addr().netid().utf8() + " " + address.addr().addr().utf8());
        };
    return text.codePoints()
        .limit(TEXT_CHARACTERS_MAX)
        .map(c -> Character.isISOControl(c) || c == 0xfffd ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
