package io.ferrynfs.cli.serve;

import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.IpNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/** The options of a server that others read from for clients: {@code --copy-to, --announce}. */
public final class CopySource {
  private static final String NONE = "none";

  private CopySource() {}

  /**
   * Who may read.
   *
   * @param networks {@code none}, or networks; everybody when there is nothing
   * @throws IllegalArgumentException if one is no network, saying which
   */
  public static CopySourcePolicy policy(List<String> networks) {
    if (networks.isEmpty()) {
      return CopySourcePolicy.ANYBODY;
    }
    if (networks.equals(List.of(NONE))) {
      return CopySourcePolicy.NOBODY;
    }
    if (networks.contains(NONE)) {
      throw new IllegalArgumentException("--copy-to none stands alone");
    }
    return new CopySourcePolicy(networks.stream().map(IpNetwork::parse).toList());
  }

  /**
   * {@code HOST} or {@code HOST:PORT}; an IPv6 address with a port stands in brackets. Without a
   * port it is that of the server, written as 0.
   *
   * @throws IllegalArgumentException if there is no such host or port
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
