package io.ferrynfs.server.source;

import io.ferrynfs.rpc.env.InterfaceAddress;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.IpNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Supplier;

/**
 * Which addresses this server connects to because a client says so (copy-conformance I-026): those
 * that the operator allows, and no port of the system but that of NFS.
 */
final class SourcePolicy {
  private static final int NFS_PORT = 2049;
  private static final int USER_PORT_MIN = 1024;
  private static final int PORT_MAX = 65_535;

  /** Where cloud machines have their secrets, by IPv6; by IPv4 that is link-local. */
  private static final IpNetwork METADATA = IpNetwork.parse("fd00:ec2::254");

  private final CopySources choice;
  private final Supplier<List<InterfaceAddress>> interfaces;
  private final InetSocketAddress self;

  /**
   * A policy.
   *
   * @param interfaces those of this machine, asked each time: they come and go
   * @param self where this server listens
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
    // What this machine sends to itself passes no firewall: other servers of files, nothing else.
    return isNear(host) && (port == NFS_PORT || !isOwn(host));
  }

  private boolean isOwn(InetAddress host) {
    return interfaces.get().stream().anyMatch(each -> each.address().equals(host));
  }

  /** Who allows everybody has not thought of what listens on loopback, for this machine alone. */
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

  /** Whether it is this server that listens there. */
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
