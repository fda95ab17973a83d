package ferry.client;

/**
 * What a copy did.
 *
 * @param bytes the bytes of the destination that are now equal to the source, holes included
 * @param how the way the bytes took
 * @param reason why this way, in words for a person: which better way was refused, by what
 */
public record CopyResult(long bytes, How how, String reason) {

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
