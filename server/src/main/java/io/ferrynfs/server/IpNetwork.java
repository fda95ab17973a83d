package io.ferrynfs.server;

import io.ferrynfs.rpc.address.HostText;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * A range of network addresses: {@code 10.0.0.0/8}, {@code 2001:db8::/32}, or a single address.
 *
 * @param address the first address of the range; the bits after the prefix are zero
 * @param prefixBits the number of leading bits that all addresses of the range share
 */
public record IpNetwork(InetAddress address, int prefixBits) {

  /**
   * Clears the bits after the prefix.
   *
   * @throws IllegalArgumentException if the address does not have that many bits
   */
  public IpNetwork {
    byte[] bytes = address.getAddress();
    if (prefixBits < 0 || prefixBits > bytes.length * Byte.SIZE) {
      throw new IllegalArgumentException(
          "no prefix of " + HostText.of(address) + " has " + prefixBits + " bits");
    }
    for (int bit = prefixBits; bit < bytes.length * Byte.SIZE; bit++) {
      bytes[bit / Byte.SIZE] &= (byte) ~(0x80 >> bit % Byte.SIZE);
    }
    address = unnamed(bytes);
  }

  /**
   * Parses {@code ADDRESS} or {@code ADDRESS/BITS}. Host names are not resolved.
   *
   * @throws IllegalArgumentException if the text is neither; the message says why
   */
  public static IpNetwork parse(String text) {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    if (literal.indexOf(':') < 0 && !literal.matches("\\d+(\\.\\d+){3}")) {
      // inet_aton(3) reads 10.1 as 10.0.0.1, but the author of 10.1/16 means 10.1.0.0/16.
      throw new IllegalArgumentException(
          "not an address or network: "
              + text
              + (literal.matches("[0-9.]+") ? "; an IPv4 address has four numbers" : ""));
    }
    InetAddress first;
    try {
      first = InetAddress.ofLiteral(literal);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an address or network: " + text, e);
    }
    if (slash < 0) {
      return of(first);
    }
    try {
      return new IpNetwork(first, Integer.parseInt(text.substring(slash + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not an address or network: " + text, e);
    }
  }

  /** Returns the network that contains only this address. */
  public static IpNetwork of(InetAddress address) {
    return new IpNetwork(address, address.getAddress().length * Byte.SIZE);
  }

  /** Returns whether the network contains an address. An IPv6 network contains no IPv4 address. */
  public boolean contains(InetAddress other) {
    byte[] first = address.getAddress();
    byte[] bytes = other.getAddress();
    int whole = prefixBits / Byte.SIZE;
    if (bytes.length != first.length || !Arrays.equals(bytes, 0, whole, first, 0, whole)) {
      return false;
    }
    int rest = prefixBits % Byte.SIZE;
    return rest == 0 || ((bytes[whole] ^ first[whole]) & 0xff) >>> (Byte.SIZE - rest) == 0;
  }

  private static InetAddress unnamed(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public String toString() {
    return HostText.of(address) + "/" + prefixBits;
  }
}
