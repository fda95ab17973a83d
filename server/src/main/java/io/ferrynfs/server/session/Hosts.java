package io.ferrynfs.server.session;

import io.ferrynfs.rpc.address.HostText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The machines that connections come from. */
final class Hosts {
  private Hosts() {}

  /** The machine; null when the address does not say it. */
  static @Nullable InetAddress of(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
  }

  /** The machine, for people to read. */
  static String text(@Nullable SocketAddress address) {
    return text(of(address));
  }

  /** The same. */
  static String text(@Nullable InetAddress host) {
    return host == null ? "an unknown address" : HostText.of(host);
  }
}
