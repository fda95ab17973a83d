package io.ferrynfs.server.session;

import io.ferrynfs.rpc.address.HostText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The hosts of peer addresses. */
final class Hosts {
  private Hosts() {}

  /** Returns the host of an address; null if it has none. */
  static @Nullable InetAddress of(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
  }

  /** Returns the host as text. */
  static String text(@Nullable SocketAddress address) {
    return text(of(address));
  }

  /** Returns the host as text. */
  static String text(@Nullable InetAddress host) {
    return host == null ? "an unknown address" : HostText.of(host);
  }
}
