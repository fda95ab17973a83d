package io.ferrynfs.server;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * What the clients of some networks may do with an export.
 *
 * @param networks where they are
 * @param readOnly whether they may change nothing
 * @param squash whom of them to take for nobody
 * @param flavors how they may say who they are, the better one first
 */
public record ExportRule(
    List<IpNetwork> networks, boolean readOnly, Squash squash, List<SecurityFlavor> flavors) {
  /** All networks there are. */
  public static final List<IpNetwork> EVERYWHERE =
      List.of(IpNetwork.parse("0.0.0.0/0"), IpNetwork.parse("::/0"));

  /** This machine, by way of its loopback. */
  public static final List<IpNetwork> LOOPBACK =
      List.of(IpNetwork.parse("127.0.0.0/8"), IpNetwork.parse("::1"));

  /** Every way to say who one is. */
  public static final List<SecurityFlavor> ALL_FLAVORS =
      List.of(SecurityFlavor.SYS, SecurityFlavor.NONE);

  /** Copies the lists. */
  public ExportRule {
    networks = List.copyOf(networks);
    flavors = List.copyOf(flavors);
    if (networks.isEmpty() || flavors.isEmpty()) {
      throw new IllegalArgumentException("a rule for nobody");
    }
  }

  /** Everybody may read and write. */
  public static ExportRule everybody(Squash squash) {
    return new ExportRule(EVERYWHERE, false, squash, ALL_FLAVORS);
  }

  /** Whether it is for a client that connects from there. */
  public boolean isFor(SocketAddress peer) {
    return networks.equals(EVERYWHERE)
        || (peer instanceof InetSocketAddress address
            && networks.stream().anyMatch(network -> network.contains(address.getAddress())));
  }

  /**
   * Returns whether clients may use this flavor of authentication.
   *
   * @param number the number of the flavor, as RFC 5531 section 8.2 has it
   */
  public boolean accepts(int number) {
    return flavors.stream().anyMatch(flavor -> flavor.number() == number);
  }
}
