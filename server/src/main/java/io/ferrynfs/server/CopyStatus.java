package io.ferrynfs.server;

import java.time.Duration;

/**
 * One copy, as its server sees it.
 *
 * @param id what {@link CopyDirectory#cancel} takes; never used twice by one server
 * @param client who asked for it
 * @param source the file that is read
 * @param destination the file that is written
 * @param copiedBytes copied so far
 * @param totalBytes to copy
 * @param age since it was asked for
 * @param state where it is
 */
public record CopyStatus(
    long id,
    String client,
    String source,
    String destination,
    long copiedBytes,
    long totalBytes,
    Duration age,
    State state) {

  /** Where a copy is. */
  public enum State {
    /** It waits for its first turn. */
    QUEUED,
    /** Bytes are copied. */
    RUNNING,
    /** All is written, and being made durable. */
    FINISHING
  }
}
