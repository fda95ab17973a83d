package io.ferrynfs.client.session;

import io.ferrynfs.rpc.env.BulkSink;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Data4;
import io.ferrynfs.wire.nfs4.DataInfo4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.ReadPlus4Args;
import io.ferrynfs.wire.nfs4.ReadPlus4Res;
import io.ferrynfs.wire.nfs4.ReadPlusContent;
import io.ferrynfs.wire.xdr.Payload;
import io.ferrynfs.wire.xdr.XdrException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Copies the data of READ or READ_PLUS to its destination before the reply's buffer is released. A
 * buffer of the caller then holds zeros for the file's holes.
 */
final class ReadData {

  private final ByteBuffer into;
  private boolean placed;

  private ReadData(ByteBuffer into, boolean placed) {
    this.into = into;
    this.placed = placed;
  }

  /**
   * Fills the destination. Position and limit of a buffer do not change.
   *
   * @param operations the operations of the request
   * @param place has room for the requested bytes only
   * @param placed whether the first data is in its place
   * @throws XdrException if the reply has more data than requested, or other data
   */
  static void move(
      List<NfsArgop4> operations, Compound4Res results, ReadDestination place, boolean placed)
      throws XdrException {
    switch (place) {
      case ReadDestination.Memory(ByteBuffer into) -> move(operations, results, into, placed);
      case ReadDestination.Taker taker -> give(results, taker, placed);
    }
  }

  private static void give(Compound4Res results, ReadDestination.Taker taker, boolean placed)
      throws XdrException {
    boolean isThere = placed;
    for (NfsResop4 result : results.resarray()) {
      if (result instanceof NfsResop4.Read(Read4Res.Ok(Read4Resok ok))) {
        Payload data = ok.data();
        if (data.length() > taker.bytesMax()) {
          throw new XdrException("READ returned more bytes than requested");
        }
        if (!isThere && data.length() > 0) {
          put(data, taker.begin(data.length()));
        }
        isThere = false;
      }
    }
  }

  private static void put(Payload data, BulkSink sink) throws XdrException {
    try {
      sink.put(data.bytes());
    } catch (IOException unwanted) {
      throw new XdrException("unexpected data of READ: " + unwanted.getMessage());
    }
  }

  private static void move(
      List<NfsArgop4> operations, Compound4Res results, ByteBuffer into, boolean placed)
      throws XdrException {
    ReadData data = new ReadData(into.slice(), placed);
    for (int i = 0; i < results.resarray().size() && i < operations.size(); i++) {
      data.put(operations.get(i), results.resarray().get(i));
    }
  }

  private void put(NfsArgop4 operation, NfsResop4 result) throws XdrException {
    if (result instanceof NfsResop4.Read(Read4Res.Ok(Read4Resok ok))) {
      put(0, ok.data());
    } else if (result instanceof NfsResop4.ReadPlus(ReadPlus4Res.Ok(var ok))
        && operation instanceof NfsArgop4.ReadPlus(ReadPlus4Args args)) {
      put(args.offset(), ok.contents());
    }
  }

  private void put(int at, Payload data) throws XdrException {
    if (data.length() > into.capacity() - at) {
      throw new XdrException("READ returned more bytes than requested");
    }
    if (!placed) {
      into.put(at, data.bytes(), 0, data.length());
    }
    placed = false;
  }

  /**
   * Copies segments, which are contiguous. Only a hole may begin before the requested range or end
   * behind it (RFC 7862 section 15.10.3), but not at 2^63 or more.
   */
  private void put(long offset, List<ReadPlusContent> segments) throws XdrException {
    int filled = 0;
    for (ReadPlusContent segment : segments) {
      filled +=
          switch (segment) {
            case ReadPlusContent.Data(Data4 data) -> {
              if (data.data().length() > 0 && data.offset() != offset + filled) {
                throw new XdrException("READ_PLUS returned data of another place");
              }
              put(filled, data.data());
              yield data.data().length();
            }
            case ReadPlusContent.Hole(DataInfo4 hole) -> zeros(hole, offset + filled, filled);
          };
    }
  }

  private int zeros(DataInfo4 hole, long next, int filled) throws XdrException {
    if (hole.length() == 0) {
      return 0;
    }
    long before = next - hole.offset();
    if (hole.offset() < 0 || before < 0 || Long.compareUnsigned(before, hole.length()) >= 0) {
      throw new XdrException("READ_PLUS returned a hole of another place");
    }
    if (hole.length() < 0 || hole.offset() + hole.length() < 0) {
      throw new XdrException("READ_PLUS returned a hole that ends where no file reaches");
    }
    long behind = hole.length() - before;
    int room = into.capacity() - filled;
    int length = behind < 0 ? room : (int) Math.min(behind, room);
    for (int i = filled; i < filled + length; i++) {
      into.put(i, (byte) 0);
    }
    return length;
  }
}
