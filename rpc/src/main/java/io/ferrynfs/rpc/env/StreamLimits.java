package io.ferrynfs.rpc.env;

import java.time.Duration;

/**
 * The bounds of one connection.
 *
 * @param recordBytesMax largest record taken; a larger one, announced, ends the connection
 * @param fragmentsPerRecordMax fragments of one record, empty ones included (RFC 5531 section 11
 *     bounds neither)
 * @param partialRecordTimeMax from a record's first byte to its last
 * @param contendedRecordTimeMax the same for a large record while others wait for its memory
 * @param sendStallTimeMax how long a peer may take no byte while some wait for it
 */
public record StreamLimits(
    int recordBytesMax,
    int fragmentsPerRecordMax,
    Duration partialRecordTimeMax,
    Duration contendedRecordTimeMax,
    Duration sendStallTimeMax) {

  /** Room for 1 MiB of data with its operations, and the times a healthy peer never needs. */
  public static final StreamLimits DEFAULT =
      new StreamLimits(
          (1 << 20) + (64 << 10),
          1024,
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60));

  /** The same with another record size. */
  public StreamLimits withRecordBytesMax(int bytes) {
    return new StreamLimits(
        bytes,
        fragmentsPerRecordMax,
        partialRecordTimeMax,
        contendedRecordTimeMax,
        sendStallTimeMax);
  }

  /** The same with other times for a partial record and for a peer that does not read. */
  public StreamLimits withTimes(Duration partialRecord, Duration sendStall) {
    return new StreamLimits(
        recordBytesMax, fragmentsPerRecordMax, partialRecord, contendedRecordTimeMax, sendStall);
  }

  /** The same with another time for a large record that others wait for. */
  public StreamLimits withContendedRecordTimeMax(Duration time) {
    return new StreamLimits(
        recordBytesMax, fragmentsPerRecordMax, partialRecordTimeMax, time, sendStallTimeMax);
  }
}
