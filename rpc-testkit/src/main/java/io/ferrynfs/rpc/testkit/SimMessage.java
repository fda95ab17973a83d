package io.ferrynfs.rpc.testkit;

import java.nio.ByteBuffer;

/**
 * A record that a host sends.
 *
 * @param from the name of the sending host
 * @param to the name of the receiving host
 * @param connection the number of the connection, from 1 in the order of the connects
 * @param index the number of the record in this direction of the connection, from 0
 * @param bytes the record; read-only
 */
public record SimMessage(String from, String to, int connection, int index, ByteBuffer bytes) {
  private static final int CALL_HEADER_BYTES = 24;

  /** Returns whether the record is an RPC call and not a reply (RFC 5531 section 9). */
  public boolean isCall() {
    return bytes.limit() >= CALL_HEADER_BYTES && bytes.getInt(4) == 0;
  }

  /** Returns the transaction id. */
  public int xid() {
    return bytes.limit() < 4 ? 0 : bytes.getInt(0);
  }

  /** Returns the program of a call, or -1 for a reply. */
  public int program() {
    return isCall() ? bytes.getInt(12) : -1;
  }

  /** Returns the procedure of a call, or -1 for a reply. */
  public int procedure() {
    return isCall() ? bytes.getInt(20) : -1;
  }

  @Override
  public String toString() {
    String what = isCall() ? "call " + program() + "/" + procedure() : "reply";
    return "%s->%s c%d.%d %s xid %08x, %d bytes"
        .formatted(from, to, connection, index, what, xid(), bytes.limit());
  }
}
