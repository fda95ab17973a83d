package io.ferrynfs.rpc.env;

import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes what a {@link RecordStream} receives, on the stream's thread. Must not block. */
public interface RecordReceiver {

  /** A whole record. The receiver owns it and calls {@link ReceivedRecord#release} once. */
  void received(ReceivedRecord record);

  /**
   * The beginning of a large record has arrived: may the rest, or part of it, go straight to where
   * the receiver wants it?
   *
   * @param prefix read-only view of the record's first bytes
   * @param recordBytes length of the whole record, as far as the fragment headers told
   * @return where a region of the record goes, or null for the ordinary way
   */
  default @Nullable Placement place(ByteBuffer prefix, int recordBytes) {
    return null;
  }

  /** The stream has ended; the last call. Not called for a stream that was never started. */
  void closed(IOException cause);

  /**
   * A region of a record that goes where the receiver chooses.
   *
   * @param offset of the region from the record's first byte, not before the end of the prefix's
   *     part that describes it
   * @param sink takes the region, which is as long as what it lacks
   * @param data the region, once it is there
   */
  record Placement(int offset, BulkSink sink, Payload data) {

    /**
     * A region that goes into a buffer, from its position to its limit, both left as they are.
     *
     * @param offset of the region
     */
    public Placement(int offset, ByteBuffer target) {
      this(offset, new BufferSink(target), new BufferPayload(target));
    }

    /** The region's bytes. */
    public int length() {
      return data.length();
    }
  }
}
