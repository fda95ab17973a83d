package io.ferrynfs.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Which servers may read the files of an export for the clients of this one (COPY_NOTIFY, RFC 7862
 * section 15.3).
 *
 * @param destinations where such servers are; none at all switches this off
 */
public record CopySourcePolicy(List<IpNetwork> destinations) {
  /** Every server that a client who may read the file names. */
  public static final CopySourcePolicy ANYBODY =
      new CopySourcePolicy(List.of(IpNetwork.parse("0.0.0.0/0"), IpNetwork.parse("::/0")));

  /** No server. */
  public static final CopySourcePolicy NOBODY = new CopySourcePolicy(List.of());

  public CopySourcePolicy {
    destinations = List.copyOf(destinations);
  }

  /** Whether COPY_NOTIFY is not served, so that clients copy by themselves. */
  public boolean isOff() {
    return destinations.isEmpty();
  }

  /** Whether a server at this address may read. */
  public boolean allows(InetAddress destination) {
    return destinations.stream().anyMatch(network -> network.contains(destination));
  }

  /** Whether a server may read that connects from there; only from an address of IP it may. */
  public boolean allows(SocketAddress peer) {
    return peer instanceof InetSocketAddress address && allows(address.getAddress());
  }
}
