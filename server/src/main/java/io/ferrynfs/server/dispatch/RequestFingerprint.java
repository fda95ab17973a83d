package io.ferrynfs.server.dispatch;

import io.ferrynfs.server.access.Principal;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Tells the retry of a request from another request with the same sequenceid (RFC 8881
 * 2.10.6.1.3.1).
 *
 * <p>It covers who asks and what comes after SEQUENCE. The arguments of SEQUENCE are left out: a
 * client may encode a retry anew, and sa_highest_slotid is then another. Of a long request the
 * beginning is enough, for that has the operations, filehandles, stateids and offsets.
 */
final class RequestFingerprint {
  private static final int BYTES_MAX = 512;

  private RequestFingerprint() {}

  static int of(Principal principal, long operations, ByteBuffer afterSequence) {
    CRC32C crc = new CRC32C();
    int length = afterSequence.remaining();
    crc.update(afterSequence.slice().limit(Math.min(length, BYTES_MAX)));
    int hash = (int) crc.getValue();
    hash = 31 * hash + length;
    hash = 31 * hash + (int) operations;
    hash = 31 * hash + principal.flavor();
    return 31 * hash + principal.name().hashCode();
  }
}
