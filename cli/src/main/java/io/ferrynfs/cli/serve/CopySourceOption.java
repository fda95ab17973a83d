package io.ferrynfs.cli.serve;

import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.IpNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Parses {@code --copy-to} and {@code --announce}. */
public final class CopySourceOption {
  private static final String NONE = "none";

  private CopySourceOption() {}

  /**
   * Returns the servers that may read files for clients.
   *
   * @param networks {@code none}, or networks; all servers if empty
   * @throws IllegalArgumentException if one is not a network; the message names it
   */
  public static CopySourcePolicy policy(List<String> networks) {
    if (networks.isEmpty()) {
      return CopySourcePolicy.ANYBODY;
    }
    if (networks.equals(List.of(NONE))) {
      return CopySourcePolicy.NOBODY;
    }
    if (networks.contains(NONE)) {
      throw new IllegalArgumentException("--copy-to none excludes other values");
    }
    return new CopySourcePolicy(networks.stream().map(IpNetwork::parse).toList());
  }

  /**
   * Parses {@code HOST} or {@code HOST:PORT}. An IPv6 address with a port is in brackets. Without a
   * port, the port is 0 and means the port of the server.
   *
   * @throws IllegalArgumentException if the host or port is invalid
   */
  public static InetSocketAddress announced(String text) {
    boolean hasPort = text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':');
    if (hasPort || text.contains("]:")) {
      return ListenAddress.parse(text);
    }
    String host =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    try {
      return new InetSocketAddress(InetAddress.getByName(host), 0);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no such host: " + host, e);
    }
  }
}
