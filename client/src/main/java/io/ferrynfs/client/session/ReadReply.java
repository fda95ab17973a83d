package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.DataContent4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Finds the data in the results of SEQUENCE, PUTFH, and READ or READ_PLUS, the only COMPOUNDs with
 * which this client reads. The data is received before the reply is decoded.
 */
final class ReadReply {

  /** sr_sessionid and the five words after it (RFC 8881 section 18.46.2). */
  private static final int SEQUENCE_RESULT_BYTES = 16 + 5 * Integer.BYTES;

  private ReadReply() {}

  /**
   * Returns the offset of the data from the buffer's position. The word before the data is its
   * length. Returns -1 if the results are not those of a successful READ, or of a READ_PLUS that
   * begins with data, or are incomplete.
   */
  static int dataOffset(ByteBuffer results) {
    ByteBuffer in = results.duplicate();
    int start = in.position();
    try {
      if (in.getInt() != Nfsstat4.NFS4_OK.value()) {
        return -1;
      }
      int tagBytes = in.getInt();
      if (tagBytes < 0 || tagBytes > in.remaining()) {
        return -1;
      }
      in.position(in.position() + (tagBytes + 3) / 4 * 4);
      if (in.getInt() != 3 || !succeeded(in, NfsOpnum4.OP_SEQUENCE)) {
        return -1;
      }
      in.position(in.position() + SEQUENCE_RESULT_BYTES);
      if (!succeeded(in, NfsOpnum4.OP_PUTFH)) {
        return -1;
      }
      int operation = in.getInt();
      if (in.getInt() != Nfsstat4.NFS4_OK.value()) {
        return -1;
      }
      int eof = in.getInt();
      if (operation == NfsOpnum4.OP_READ_PLUS.value()) {
        if (in.getInt() < 1 || in.getInt() != DataContent4.NFS4_CONTENT_DATA.value()) {
          return -1;
        }
        in.getLong();
      } else if (operation != NfsOpnum4.OP_READ.value()) {
        return -1;
      }
      int length = in.getInt();
      return eof >= 0 && eof <= 1 && length >= 0 ? in.position() - start : -1;
    } catch (BufferUnderflowException | IllegalArgumentException tooShort) {
      return -1;
    }
  }

  private static boolean succeeded(ByteBuffer in, NfsOpnum4 operation) {
    return in.getInt() == operation.value() && in.getInt() == Nfsstat4.NFS4_OK.value();
  }
}
