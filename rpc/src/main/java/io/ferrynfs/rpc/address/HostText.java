package io.ferrynfs.rpc.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Addresses as text for people. */
public final class HostText {
  private static final int GROUPS = 8;

  private HostText() {}

  /** Returns an address as text; an IPv6 address in the form of RFC 5952, with its zone if any. */
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
      // The first one of the longest runs of zeros (RFC 5952 section 4.2.3).
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

  /** Returns {@code HOST:PORT}, with brackets around an IPv6 address. */
  public static String of(InetSocketAddress address) {
    InetAddress host = address.getAddress();
    if (host == null) {
      return address.getHostString() + ":" + address.getPort();
    }
    String text = of(host);
    return (host instanceof Inet6Address ? "[" + text + "]" : text) + ":" + address.getPort();
  }

  /** Returns {@code HOST:PORT}, or the string form of an address without a host. */
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
