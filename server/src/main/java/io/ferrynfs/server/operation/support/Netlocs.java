package io.ferrynfs.server.operation.support;

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

/** The network locations of servers (RFC 7862 section 4.7) in COPY_NOTIFY. */
public final class Netlocs {
  /** The maximum number of characters of a peer's text in the log. */
  private static final int TEXT_CHARACTERS_MAX = 256;

  private Netlocs() {}

  /**
   * Returns the address of a location if it is a literal TCP address. Host names are not resolved.
   */
  public static Optional<InetAddress> address(Netloc4 location) {
    return location instanceof Netloc4.Netaddr written
        ? UniversalAddress.parse(written.addr()).map(InetSocketAddress::getAddress)
        : Optional.empty();
  }

  /**
   * Returns the addresses at which a destination may read. The address nearest to the destination
   * is first because Linux tries only one: it has the same family and the longest common prefix.
   * The address that the client uses is last because servers may have a network of their own.
   *
   * @param announced the addresses of the configuration; port 0 stands for the port of {@code own}
   * @param own the address of this server that the client uses
   * @param destination the address of the destination, if it is known
   */
  public static List<Netloc4> of(
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

  /** Returns the number of leading bits that two addresses share; -1 for different families. */
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

  /** Returns a location as printable text, whatever bytes the peer sent. */
  public static String text(Netloc4 location) {
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
