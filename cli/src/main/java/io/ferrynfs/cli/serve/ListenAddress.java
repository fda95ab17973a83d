package io.ferrynfs.cli.serve;

import io.ferrynfs.rpc.address.HostText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Parses {@code HOST:PORT} of {@code --listen}. An IPv6 address is in brackets. */
public final class ListenAddress {
  private ListenAddress() {}

  /**
   * Parses an address.
   *
   * @throws IllegalArgumentException if it is invalid, with the reason
   */
  public static InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("an address is HOST:PORT, not " + text);
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "an IPv6 address must be in brackets, as [::1]:2049, in " + text);
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port >= 0 && port <= 65535) {
        return new InetSocketAddress(InetAddress.getByName(host), port);
      }
    } catch (NumberFormatException notANumber) {
      // Falls through: the message is the same.
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no such host: " + host, e);
    }
    throw new IllegalArgumentException("no port between 0 and 65535 in " + text);
  }

  /** Formats an address as {@code HOST:PORT}. */
  public static String text(InetSocketAddress address) {
    return HostText.of(address);
  }
}
