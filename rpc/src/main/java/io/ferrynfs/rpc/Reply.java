package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.ReceivedRecord;
import io.ferrynfs.wire.xdr.XdrReader;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The results of a call of ours, in the record they came in. */
final class Reply implements RpcReply {
  private final XdrReader results;
  private final AtomicReference<@Nullable ReceivedRecord> record;

  /**
   * A reply.
   *
   * @param record its position is that of the first result; this object owns it now
   */
  Reply(ReceivedRecord record) {
    int placedAt = record.placedAt() - record.bytes().position();
    this.results = new XdrReader(record.bytes(), placedAt, record.placed());
    this.record = new AtomicReference<>(record);
  }

  @Override
  public XdrReader results() {
    return results;
  }

  @Override
  public void close() {
    ReceivedRecord held = record.getAndSet(null);
    if (held != null) {
      held.release();
    }
  }
}
