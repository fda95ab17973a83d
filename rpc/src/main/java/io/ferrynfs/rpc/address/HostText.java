package io.ferrynfs.rpc.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Addresses as people write them. */
public final class HostText {
  private static final int GROUPS = 8;

  private HostText() {}

  /** An address as text; one of IPv6 in the short form of RFC 5952, with its zone if it has one. */
  public static String of(InetAddress address) {
    if (!(address instanceof Inet6Address six)) {
      return address.getHostAddress();
    }
    byte[] bytes = six.getAddress();
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    int start = 0;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int zeros = 0;
      while (i + zeros < GROUPS && groups[i + zeros] == 0) {
        zeros++;
      }
      // The longest run of zeros, and the first of those that are as long (section 4.2.3).
      if (zeros > length) {
        start = i;
        length = zeros;
      }
    }
    String zone = six.getScopeId() == 0 ? "" : "%" + six.getScopeId();
    if (length < 2) {
      return joined(groups, 0, GROUPS) + zone;
    }
    return joined(groups, 0, start) + "::" + joined(groups, start + length, GROUPS) + zone;
  }

  /** {@code HOST:PORT}; an address of IPv6 stands in brackets. */
  public static String of(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    if (host == null) {
      return address.getHostString() + ":" + address.getPort();
    }
    String text = of(host);
    return (host instanceof Inet6Address ? "[" + text + "]" : text) + ":" + address.getPort();
  }

  /** The same where there is a host; what else there is as it says itself. */
  public static String of(SocketAddress address) {
    return address instanceof InetSocketAddress inet ? of(inet) : String.valueOf(address);
  }

  private static String joined(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
