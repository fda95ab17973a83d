package io.ferrynfs.client;

/**
 * What a copy did.
 *
 * @param bytes the bytes of the destination that are now equal to the source, holes included
 * @param how the way the bytes took
 * @param reason why this way, in words for a person: which better way was refused, by what
 * @param serverToServer whether the destination's server fetched the bytes from the source's, which
 *     is another one
 * @param bytesThroughClient the bytes of the source that came to this client, by READ, those that
 *     came again included; 0 when servers moved all of it
 * @param sourceChanged whether the source is known to have changed while it was copied, so that the
 *     copy may be a mixture of old and new
 */
public record CopyResult(
    long bytes,
    How how,
    String reason,
    boolean serverToServer,
    long bytesThroughClient,
    boolean sourceChanged) {

  /** A copy of an unchanged source, inside one server or all through the client. */
  public CopyResult(long bytes, How how, String reason) {
    this(bytes, how, reason, false, how == How.STREAMED ? bytes : 0, false);
  }

  /** The way the bytes took, best first. */
  public enum How {
    /** The server shares the blocks between both files: nothing was copied. */
    CLONED,
    /** A server copied in the background and reported when done (RFC 7862 section 4.2). */
    OFFLOADED,
    /** The server copied while it held the request. */
    SYNCHRONOUS,
    /** The bytes passed through this client, by READ and WRITE. */
    STREAMED
  }

  /** Whether the bytes stayed on the servers. */
  public boolean stayedOnServer() {
    return how != How.STREAMED;
  }
}
