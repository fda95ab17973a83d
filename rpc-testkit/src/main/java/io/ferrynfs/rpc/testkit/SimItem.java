package io.ferrynfs.rpc.testkit;

import io.ferrynfs.rpc.env.OutgoingRecord;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A record on its way, or the end of the connection. */
final class SimItem {
  private static final byte[] NOTHING = new byte[0];

  final byte[] bytes;
  final Fate fate;
  long readyAt;
  private @Nullable OutgoingRecord record;
  private final @Nullable IOException endCause;

  SimItem(byte[] bytes, @Nullable OutgoingRecord record, Fate fate) {
    this(bytes, record, fate, null);
  }

  private SimItem(
      byte[] bytes, @Nullable OutgoingRecord record, Fate fate, @Nullable IOException endCause) {
    this.bytes = bytes;
    this.record = record;
    this.fate = fate;
    this.endCause = endCause;
  }

  /** The end of the connection, as the peer sees it. */
  static SimItem end(IOException cause) {
    return new SimItem(NOTHING, null, Fate.DELIVER, cause);
  }

  boolean isEnd() {
    return endCause != null;
  }

  IOException endCause() {
    return endCause == null ? new IOException("no end") : endCause;
  }

  /** Tells the sender, once, that the record has left. */
  void release() {
    OutgoingRecord sent = record;
    if (sent != null) {
      record = null;
      sent.content().release();
      sent.released().run();
    }
  }

  /** There is no sender any more. */
  void forget() {
    record = null;
  }
}
