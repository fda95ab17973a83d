package io.ferrynfs.wire.capture;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;

/**
 * One direction of a TCP connection, which orders segments and splits the stream into RPC records
 * (RFC 5531 section 11).
 */
final class CapturedRecords {
  private static final int LAST_FRAGMENT = 0x8000_0000;

  private final ObjIntConsumer<byte[]> records;
  private final Map<Integer, byte[]> early = new TreeMap<>();
  private final ByteArrayOutputStream record = new ByteArrayOutputStream();
  private byte[] rest = new byte[0];
  private int next;

  /**
   * @param sequence the sequence number of the first byte
   * @param records receives each record and the number of the packet that completed it
   */
  CapturedRecords(int sequence, ObjIntConsumer<byte[]> records) {
    next = sequence;
    this.records = records;
  }

  /**
   * Adds a segment. It is kept while an earlier one is missing, and ignored if it is a duplicate.
   */
  void add(TcpSegment segment) {
    early.merge(
        segment.sequence(), segment.data().toByteArray(), (a, b) -> a.length >= b.length ? a : b);
    boolean progress = true;
    while (progress) {
      progress = false;
      for (var held : early.entrySet()) {
        int seen = next - held.getKey();
        if (seen >= 0) {
          early.remove(held.getKey());
          if (seen < held.getValue().length) {
            take(held.getValue(), seen, segment.frame());
          }
          progress = true;
          break;
        }
      }
    }
  }

  /** Returns whether all segments are consumed. */
  boolean isComplete() {
    return early.isEmpty() && rest.length == 0 && record.size() == 0;
  }

  private void take(byte[] data, int from, int frame) {
    next += data.length - from;
    ByteBuffer bytes = ByteBuffer.allocate(rest.length + data.length - from);
    bytes.put(rest).put(data, from, data.length - from).flip();
    while (bytes.remaining() >= 4) {
      int header = bytes.getInt(bytes.position());
      int length = header & ~LAST_FRAGMENT;
      if (bytes.remaining() < 4 + length) {
        break;
      }
      record.write(bytes.array(), bytes.position() + 4, length);
      bytes.position(bytes.position() + 4 + length);
      if ((header & LAST_FRAGMENT) != 0) {
        records.accept(record.toByteArray(), frame);
        record.reset();
      }
    }
    rest = new byte[bytes.remaining()];
    bytes.get(rest);
  }
}
