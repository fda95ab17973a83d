package io.ferrynfs.server;

import java.time.Duration;

/**
 * A snapshot of one copy of a server.
 *
 * @param id the id that {@link CopyDirectory#cancel} takes; a server never uses an id twice
 * @param client the client that requested the copy, as printable text
 * @param source the file that the server reads, as printable text
 * @param destination the file that the server writes, as printable text
 * @param copiedBytes the number of bytes copied so far
 * @param totalBytes the number of bytes to copy
 * @param age the time since the request
 * @param state the state of the copy
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

  /** The state of a copy. */
  public enum State {
    /** The copy waits until it is scheduled for the first time. */
    QUEUED,
    /** The server copies bytes. */
    RUNNING,
    /** All bytes are written. The server makes them durable. */
    FINISHING
  }
}
