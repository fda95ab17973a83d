package io.ferrynfs.client.file;

import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.attr.Attr;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.xdr.Bitmap4;

/**
 * The limits of requests to a server: the minimum of the user's options, the server's attributes
 * and the size of a message of the session.
 *
 * @param leaseSeconds the lease period
 * @param transfer sizes and window
 * @param directoryBytes the bytes of one READDIR reply
 * @param exclusiveAttributes what EXCLUSIVE4_1 may set (RFC 8881 section 5.8.1.14)
 */
public record NegotiatedLimits(
    int leaseSeconds, TransferSizes transfer, int directoryBytes, Bitmap4 exclusiveAttributes) {

  private static final int LEASE_SECONDS_ASSUMED = 90;
  private static final int DIRECTORY_BYTES_MAX = 256 << 10;
  private static final int TRANSFER_BYTES_MIN = 4096;

  static NegotiatedLimits of(
      ServerSession session, FileAttributes attributes, TransferSizes wanted) {
    long read =
        Math.min(number(attributes, Attrs.MAXREAD, wanted.readBytes()), session.resultBytesMax());
    long write =
        Math.min(
            number(attributes, Attrs.MAXWRITE, wanted.writeBytes()), session.argumentBytesMax());
    Long lease = attributes.get(Attrs.LEASE_TIME);
    Bitmap4 exclusive = attributes.get(Attrs.SUPPATTR_EXCLCREAT);
    return new NegotiatedLimits(
        lease == null || lease <= 0 ? LEASE_SECONDS_ASSUMED : (int) Math.min(lease, 3600),
        new TransferSizes(
            clamp(read, wanted.readBytes()),
            clamp(write, wanted.writeBytes()),
            Math.max(1, Math.min(wanted.window(), session.slots())),
            wanted.uncommittedBytesMax()),
        (int) Math.min(DIRECTORY_BYTES_MAX, session.resultBytesMax()),
        exclusive == null ? Bitmap4.EMPTY : exclusive);
  }

  private static long number(FileAttributes attributes, Attr<Long> attribute, long otherwise) {
    Long value = attributes.get(attribute);
    return value == null || value <= 0 ? otherwise : value;
  }

  private static int clamp(long bytes, int wanted) {
    return (int) Math.max(TRANSFER_BYTES_MIN, Math.min(bytes, wanted));
  }
}
