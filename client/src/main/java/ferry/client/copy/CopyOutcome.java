package ferry.client.copy;

/**
 * What a copy did.
 *
 * @param bytes copied, durable and equal
 * @param how the way the bytes took
 * @param reason why not a better way
 */
public record CopyOutcome(long bytes, How how, String reason) {

  /** The way the bytes took. */
  public enum How {
    CLONED,
    OFFLOADED,
    SYNCHRONOUS,
    STREAMED
  }
}
