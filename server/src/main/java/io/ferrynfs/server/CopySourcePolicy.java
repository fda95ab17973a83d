package io.ferrynfs.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * The servers that may read the files of an export on behalf of its clients (COPY_NOTIFY, RFC 7862
 * section 15.3).
 *
 * @param destinations the networks of these servers; an empty list disables COPY_NOTIFY
 */
public record CopySourcePolicy(List<IpNetwork> destinations) {
  /** Every server. The client needs read access to the file. */
  public static final CopySourcePolicy ANYBODY =
      new CopySourcePolicy(List.of(IpNetwork.parse("0.0.0.0/0"), IpNetwork.parse("::/0")));

  /** No server. */
  public static final CopySourcePolicy NOBODY = new CopySourcePolicy(List.of());

  public CopySourcePolicy {
    destinations = List.copyOf(destinations);
  }

  /** Returns whether COPY_NOTIFY is disabled, so that clients copy with READ and WRITE. */
  public boolean isOff() {
    return destinations.isEmpty();
  }

  /** Returns whether a server at this address may read. */
  public boolean allows(InetAddress destination) {
    return destinations.stream().anyMatch(network -> network.contains(destination));
  }

  /** Returns whether a server that connects from this address may read. Only an IP address may. */
  public boolean allows(SocketAddress peer) {
    return peer instanceof InetSocketAddress address && allows(address.getAddress());
  }
}
