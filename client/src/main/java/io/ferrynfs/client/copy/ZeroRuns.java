package io.ferrynfs.client.copy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Finds the parts of a buffer to write to a file that reads as zeros. */
final class ZeroRuns {

  /** The block size of most file systems. */
  private static final int BLOCK_BYTES = 4096;

  private ZeroRuns() {}

  /** A part of a buffer, from its position on. */
  record Run(int start, int length) {}

  /** Returns the runs of blocks that contain other bytes than zeros, in order. */
  static List<Run> data(ByteBuffer buffer) {
    ByteBuffer bytes = buffer.slice();
    List<Run> runs = new ArrayList<>();
    int start = -1;
    for (int at = 0; at < bytes.limit(); at += BLOCK_BYTES) {
      int length = Math.min(BLOCK_BYTES, bytes.limit() - at);
      boolean zero = isZero(bytes, at, length);
      if (!zero && start < 0) {
        start = at;
      } else if (zero && start >= 0) {
        runs.add(new Run(start, at - start));
        start = -1;
      }
    }
    if (start >= 0) {
      runs.add(new Run(start, bytes.limit() - start));
    }
    return runs;
  }

  private static boolean isZero(ByteBuffer bytes, int at, int length) {
    int i = at;
    for (; i + Long.BYTES <= at + length; i += Long.BYTES) {
      if (bytes.getLong(i) != 0) {
        return false;
      }
    }
    for (; i < at + length; i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }
}
