package io.ferrynfs.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * The access of the clients of some networks to an export.
 *
 * @param networks the networks of the clients; not empty
 * @param readOnly whether operations that change files fail with NFS4ERR_ROFS
 * @param squash the users that the server maps to {@code nobody}
 * @param flavors the authentication flavors that the export accepts, in the order of preference;
 *     not empty. Another flavor fails with NFS4ERR_WRONGSEC
 */
public record ExportRule(
    List<IpNetwork> networks, boolean readOnly, Squash squash, List<SecurityFlavor> flavors) {
  /** All IPv4 and IPv6 networks. */
  public static final List<IpNetwork> EVERYWHERE =
      List.of(IpNetwork.parse("0.0.0.0/0"), IpNetwork.parse("::/0"));

  /** The loopback addresses of this machine. */
  public static final List<IpNetwork> LOOPBACK =
      List.of(IpNetwork.parse("127.0.0.0/8"), IpNetwork.parse("::1"));

  /** All authentication flavors that this server knows. */
  public static final List<SecurityFlavor> ALL_FLAVORS = List.of(SecurityFlavor.values());

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if one of the lists is empty
   */
  public ExportRule {
    networks = List.copyOf(networks);
    flavors = List.copyOf(flavors);
    if (networks.isEmpty() || flavors.isEmpty()) {
      throw new IllegalArgumentException("a rule needs at least one network and one flavor");
    }
  }

  /** Returns a rule that lets every client read and write. */
  public static ExportRule everybody(Squash squash) {
    return new ExportRule(EVERYWHERE, false, squash, ALL_FLAVORS);
  }

  /** Returns whether the rule applies to a client that connects from this address. */
  public boolean isFor(SocketAddress peer) {
    return networks.equals(EVERYWHERE)
        || (peer instanceof InetSocketAddress address
            && networks.stream().anyMatch(network -> network.contains(address.getAddress())));
  }

  /**
   * Returns whether clients may use this authentication flavor.
   *
   * @param number the number of the flavor (RFC 5531 section 8.2)
   */
  public boolean accepts(int number) {
    return flavors.stream().anyMatch(flavor -> flavor.number() == number);
  }
}
