package io.ferrynfs.client;

/**
 * The result of a complete copy.
 *
 * @param bytes the number of bytes copied, holes included
 * @param how the way by which the data was copied
 * @param reason why this way, for people: which better way failed with which error
 * @param serverToServer whether the destination's server read the data from another server
 * @param bytesThroughClient the number of bytes that this client received by READ, retries
 *     included; 0 if the servers moved all data
 * @param sourceChanged whether the source changed during the copy, as far as the client knows; the
 *     destination may then mix old and new data
 */
public record CopyResult(
    long bytes,
    How how,
    String reason,
    boolean serverToServer,
    long bytesThroughClient,
    boolean sourceChanged) {

  /** Creates a result of a copy of an unchanged source, within one server or through the client. */
  public CopyResult(long bytes, How how, String reason) {
    this(bytes, how, reason, false, how == How.STREAMED ? bytes : 0, false);
  }

  /** The ways to copy, best first. */
  public enum How {
    /** CLONE: both files share blocks on the server (RFC 7862 section 15.13). */
    CLONED,
    /** Asynchronous COPY: a server copied in the background (RFC 7862 section 4.4). */
    OFFLOADED,
    /** Synchronous COPY: a server copied before it replied. */
    SYNCHRONOUS,
    /** READ and WRITE: the data passed through this client. */
    STREAMED
  }

  /** Returns whether servers moved the data, so that the last of it did not pass this client. */
  public boolean stayedOnServer() {
    return how != How.STREAMED;
  }
}
