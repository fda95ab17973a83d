package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.XdrWriter;

/**
 * A record to send.
 *
 * @param content the encoded message with its payloads; must not be changed after {@code send}
 * @param released runs once, on any thread, when the record has been sent or dropped
 */
public record OutgoingRecord(XdrWriter content, Runnable released) {

  /** Returns a record whose release needs no action. */
  public static OutgoingRecord of(XdrWriter content) {
    return new OutgoingRecord(content, () -> {});
  }
}
