package io.ferrynfs.rpc;

import io.ferrynfs.rpc.env.ReceivedRecord;
import io.ferrynfs.wire.xdr.XdrReader;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The results of an outgoing call, in the record that carried them. */
final class Reply implements RpcReply {
  private final XdrReader results;
  private final AtomicReference<@Nullable ReceivedRecord> record;

  /**
   * Creates a reply that releases a record when it is closed.
   *
   * @param record the record, whose position is that of the first result
   * @param plain the plain results: the record's buffer if they were not transformed
   */
  @SuppressWarnings("ReferenceEquality") // Another buffer with equal bytes is a transformed one.
  Reply(ReceivedRecord record, ByteBuffer plain) {
    int placedAt = record.placedAt() - record.bytes().position();
    this.results =
        plain == record.bytes()
            ? new XdrReader(plain, placedAt, record.placed())
            : new XdrReader(plain);
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
