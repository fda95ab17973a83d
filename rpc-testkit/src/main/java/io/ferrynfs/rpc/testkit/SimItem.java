package io.ferrynfs.rpc.testkit;

import io.ferrynfs.rpc.env.OutgoingRecord;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A record in transit, or the end of the connection. */
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

  /** Returns an end of the connection, with the cause that the peer receives. */
  static SimItem end(IOException cause) {
    return new SimItem(NOTHING, null, Fate.DELIVER, cause);
  }

  boolean isEnd() {
    return endCause != null;
  }

  IOException endCause() {
    return endCause == null ? new IOException("the item is a record") : endCause;
  }

  /** Releases the record and runs the sender's callback, once. */
  void release() {
    OutgoingRecord sent = record;
    if (sent != null) {
      record = null;
      sent.content().release();
      sent.released().run();
    }
  }

  /** Removes the callback because the sender no longer exists. */
  void detachSender() {
    record = null;
  }
}
