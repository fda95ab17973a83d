package io.ferrynfs.rpc.testkit;

import java.nio.ByteBuffer;

/**
 * A record that is being sent.
 *
 * @param from the sending host
 * @param to the receiving host
 * @param connection number of the connection, from 1 in the order they were made
 * @param index of the record among those sent this way on this connection, from 0
 * @param bytes the record, read-only
 */
public record SimMessage(String from, String to, int connection, int index, ByteBuffer bytes) {
  private static final int CALL_HEADER_BYTES = 24;

  /** Whether it is an RPC call (RFC 5531 section 9), else a reply. */
  public boolean isCall() {
    return bytes.limit() >= CALL_HEADER_BYTES && bytes.getInt(4) == 0;
  }

  /** The transaction id. */
  public int xid() {
    return bytes.limit() < 4 ? 0 : bytes.getInt(0);
  }

  /** The program of a call; -1 of a reply. */
  public int program() {
    return isCall() ? bytes.getInt(12) : -1;
  }

  /** The procedure of a call; -1 of a reply. */
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
