package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.XdrWriter;

/**
 * A record to send: what an encoder wrote, payloads included, and what to do when it has left.
 *
 * @param content the encoded message; not touched again after sending began
 * @param released runs once, on any thread, when the record was sent or dropped
 */
public record OutgoingRecord(XdrWriter content, Runnable released) {

  /** A record that nobody waits for. */
  public static OutgoingRecord of(XdrWriter content) {
    return new OutgoingRecord(content, () -> {});
  }
}
