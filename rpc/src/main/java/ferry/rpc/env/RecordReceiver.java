package ferry.rpc.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes what a {@link RecordStream} receives, on the stream's thread. Must not block. */
public interface RecordReceiver {

  /** A whole record. The receiver owns it and calls {@link ReceivedRecord#release} once. */
  void received(ReceivedRecord record);

  /**
   * The beginning of a large record has arrived: may the rest, or part of it, go straight into a
   * buffer of the receiver's?
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
   * A region of a record that is received into a buffer of the receiver's choice.
   *
   * @param offset of the region from the record's first byte, not before the end of the prefix's
   *     part that describes it
   * @param target gets the region; from its position to its limit, both left as they are
   */
  record Placement(int offset, ByteBuffer target) {}
}
