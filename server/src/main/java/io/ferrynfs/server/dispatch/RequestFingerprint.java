package io.ferrynfs.server.dispatch;

import io.ferrynfs.server.access.Principal;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The fingerprint of a request, which distinguishes a retry from another request with the same
 * sequenceid (RFC 8881 section 2.10.6.1.3.1).
 *
 * <p>It covers the caller and the operations after SEQUENCE. It leaves out the arguments of
 * SEQUENCE, because sa_highest_slotid may differ in a retry. It covers only the beginning of a long
 * request, because that has the operations, filehandles, stateids and offsets.
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
