package io.ferrynfs.server.source;

import io.ferrynfs.rpc.env.InterfaceAddress;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.IpNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

/**
 * The policy for the addresses to which this server connects on request of a client (I-026): the
 * addresses that the administrator allows, and of the system ports only that of NFS.
 */
final class SourcePolicy {
  private static final int NFS_PORT = 2049;
  private static final int USER_PORT_MIN = 1024;
  private static final int PORT_MAX = 65_535;

  /** The IPv6 address of the metadata service of cloud machines. The IPv4 address is link-local. */
  private static final IpNetwork METADATA = IpNetwork.parse("fd00:ec2::254");

  private final CopySources choice;
  private final Supplier<List<InterfaceAddress>> interfaces;
  private final InetSocketAddress self;

  /**
   * Creates a policy.
   *
   * @param interfaces the interfaces of this machine, read at each check because they change
   * @param self the address on which this server listens
   */
  SourcePolicy(
      CopySources choice, Supplier<List<InterfaceAddress>> interfaces, InetSocketAddress self) {
    this.choice = choice;
    this.interfaces = interfaces;
    this.self = self;
  }

  boolean isAllowed(InetSocketAddress address) {
    return isAllowedPort(address.getPort()) && isAllowed(address.getAddress(), address.getPort());
  }

  private static boolean isAllowedPort(int port) {
    return port == NFS_PORT || (port >= USER_PORT_MIN && port <= PORT_MAX);
  }

  private boolean isAllowed(InetAddress host, int port) {
    if (host.isLinkLocalAddress()
        || host.isMulticastAddress()
        || host.isAnyLocalAddress()
        || METADATA.contains(host)
        || isBroadcast(host)) {
      return false;
    }
    if (choice.networks().stream()
        .anyMatch(network -> network.contains(host) && reaches(network, host))) {
      return true;
    }
    if (!choice.local()) {
      return false;
    }
    if (host.isLoopbackAddress()) {
      return self.getAddress().isLoopbackAddress();
    }
    // No firewall protects services on this machine from its own connections, so only NFS servers
    // are allowed.
    return isNear(host) && (port == NFS_PORT || !isOwn(host));
  }

  private boolean isOwn(InetAddress host) {
    return interfaces.get().stream().anyMatch(each -> each.address().equals(host));
  }

  /**
   * Returns whether a network covers a host. A network of all addresses does not cover loopback,
   * because its services are meant for this machine only.
   */
  private static boolean reaches(IpNetwork network, InetAddress host) {
    return !host.isLoopbackAddress() || network.address().isLoopbackAddress();
  }

  private static boolean isBroadcast(InetAddress host) {
    return host.getHostAddress().equals("255.255.255.255");
  }

  private boolean isNear(InetAddress host) {
    return interfaces.get().stream()
        .filter(each -> each.prefixBits() > 0 && !each.address().isLoopbackAddress())
        .anyMatch(each -> new IpNetwork(each.address(), each.prefixBits()).contains(host));
  }

  /** Returns whether this server listens on the address. */
  boolean isSelf(InetSocketAddress address) {
    if (address.getPort() != self.getPort()) {
      return false;
    }
    InetAddress host = address.getAddress();
    if (!self.getAddress().isAnyLocalAddress()) {
      return host.equals(self.getAddress());
    }
    return host.isLoopbackAddress() || isOwn(host);
  }
}
