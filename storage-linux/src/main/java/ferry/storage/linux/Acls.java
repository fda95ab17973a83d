package ferry.storage.linux;

import java.nio.charset.StandardCharsets;

/** Access control lists, as far as this package knows of them: that there are some. */
final class Acls {
  private static final byte[] ACCESS = bytes("system.posix_acl_access");
  private static final byte[] DEFAULT = bytes("system.posix_acl_default");

  private Acls() {}

  /** Whether more than the mode bits decides who may use an object. */
  static boolean hasAccess(int fd) {
    return XattrCalls.has(fd, ACCESS);
  }

  /** Whether a directory gives new entries other modes than they are made with. */
  static boolean hasDefault(int fd) {
    return XattrCalls.has(fd, DEFAULT);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
