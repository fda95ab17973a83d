package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Receives the records of a {@link RecordStream}, on the stream's thread. Must not block. */
public interface RecordReceiver {

  /** Receives a record, which the receiver owns and releases. */
  void received(ReceivedRecord record);

  /**
   * Decides whether a region of a large record is received straight into a destination. Called when
   * the beginning of the record has arrived.
   *
   * @param prefix the first bytes of the record, read-only
   * @param recordBytes the length of the record in bytes, according to its fragment headers
   * @return the destination of a region, or null to receive the record into a pooled buffer
   */
  default @Nullable Placement place(ByteBuffer prefix, int recordBytes) {
    return null;
  }

  /** Receives the end of the stream, after all else. Not called if the stream was not started. */
  void closed(IOException cause);

  /**
   * The destination of a region of a record.
   *
   * @param offset the offset of the region in the record, behind the bytes that describe it
   * @param sink takes the region, which has the length {@link BulkSink#remaining}
   * @param data the region after it has been received
   */
  record Placement(int offset, BulkSink sink, Payload data) {

    /**
     * Places a region into a buffer, from its position to its limit, which do not change.
     *
     * @param offset the offset of the region in the record
     */
    public Placement(int offset, ByteBuffer target) {
      this(offset, new BufferSink(target), new BufferPayload(target));
    }

    /** Returns the length of the region in bytes. */
    public int length() {
      return data.length();
    }
  }
}
