package io.ferrynfs.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A path on a server: {@code nfs://host[:port]/path} (RFC 2224). The path starts at the root of the
 * server's name space. Bytes other than letters, digits and some punctuation are written {@code
 * %XX}. An IPv6 address is written in brackets. Immutable.
 *
 * @param host a host name or address, without brackets
 * @param port the TCP port, 2049 if the URL names none
 * @param path the path
 */
public record NfsUrl(String host, int port, NfsPath path) {

  /** The port registered for NFS. */
  public static final int DEFAULT_PORT = 2049;

  private static final String SCHEME = "nfs://";

  /** Returns whether a text is meant to be such a URL, rather than a local path. */
  public static boolean isUrl(String text) {
    return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /**
   * Parses a URL.
   *
   * @throws IllegalArgumentException if the URL is malformed; the message names the mistake
   */
  public static NfsUrl parse(String text) {
    if (!isUrl(text)) {
      throw new IllegalArgumentException("not of the form nfs://host[:port]/path: " + text);
    }
    String rest = text.substring(SCHEME.length());
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    NfsPath path = slash < 0 ? NfsPath.ROOT : NfsPath.ofBytes(decode(rest.substring(slash), text));
    if (authority.indexOf('@') >= 0) {
      // The message leaves out the user, which may contain a password.
      throw new IllegalArgumentException(
          "a URL names no user: write nfs://"
              + authority.substring(authority.lastIndexOf('@') + 1)
              + (slash < 0 ? "" : rest.substring(slash)));
    }
    if (authority.startsWith("[") && authority.indexOf(']') < 0) {
      throw new IllegalArgumentException("the bracket is not closed in " + text);
    }
    if (!authority.startsWith("[") && authority.indexOf(':') != authority.lastIndexOf(':')) {
      throw new IllegalArgumentException(
          "more than one colon (an IPv6 address stands in brackets) in " + text);
    }
    int hostEnd = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
    String host = hostEnd < 0 ? authority : authority.substring(0, hostEnd);
    String port = authority.substring(host.length());
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty()) {
      throw new IllegalArgumentException("no host in " + text);
    }
    return new NfsUrl(host, port(port, text), path);
  }

  private static int port(String text, String url) {
    if (text.isEmpty()) {
      return DEFAULT_PORT;
    }
    String number = text.substring(1);
    if (text.charAt(0) != ':') {
      throw new IllegalArgumentException(
          "behind the address in brackets stands " + text + " in " + url);
    }
    if (number.isEmpty()) {
      throw new IllegalArgumentException("no port behind the colon in " + url);
    }
    boolean isNumber = number.chars().allMatch(c -> c >= '0' && c <= '9');
    // Ten digits and more do not fit an int and are not a port.
    int port = isNumber && number.length() < 10 ? Integer.parseInt(number) : 0;
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          "the port is " + number + " and not a number from 1 to 65535, in " + url);
    }
    return port;
  }

  private static byte[] decode(String path, String url) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        out.write(bytes[i]);
        continue;
      }
      if (i + 2 >= bytes.length
          || !HexFormat.isHexDigit(bytes[i + 1])
          || !HexFormat.isHexDigit(bytes[i + 2])) {
        throw new IllegalArgumentException("% is followed by two hexadecimal digits, in " + url);
      }
      out.write((HexFormat.fromHexDigit(bytes[i + 1]) << 4) | HexFormat.fromHexDigit(bytes[i + 2]));
      i += 2;
    }
    return out.toByteArray();
  }

  /** Returns the URL of another path of this server. */
  public NfsUrl withPath(NfsPath other) {
    return new NfsUrl(host, port, other);
  }

  /** Returns whether both have the same host and port. Two host names of one server differ. */
  public boolean sameEndpoint(NfsUrl other) {
    return host.equalsIgnoreCase(other.host) && port == other.port;
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(SCHEME);
    out.append(host.indexOf(':') >= 0 ? "[" + host + "]" : host);
    if (port != DEFAULT_PORT) {
      out.append(':').append(port);
    }
    if (path.isRoot()) {
      return out.append('/').toString();
    }
    path.nameList().forEach(name -> encode(out.append('/'), name));
    return out.toString();
  }

  private static void encode(StringBuilder out, byte[] name) {
    for (byte b : name) {
      boolean plain =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || "-._~+,=@".indexOf(b) >= 0;
      if (plain) {
        out.append((char) b);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
  }
}
