package io.ferrynfs.client.copy;

/**
 * The outcome of a complete copy.
 *
 * @param bytes the number of bytes, which are durable
 * @param how the method
 * @param reason why no better method was used
 * @param serverToServer whether one server read them from another
 * @param sourceChanged whether the source is known to have changed during the copy
 */
public record CompletedCopy(
    long bytes, Method how, String reason, boolean serverToServer, boolean sourceChanged) {

  /** The methods, best first. */
  public enum Method {
    CLONED,
    OFFLOADED,
    SYNCHRONOUS,
    STREAMED
  }

  CompletedCopy withSourceChanged(boolean changed) {
    return new CompletedCopy(bytes, how, reason, serverToServer, changed);
  }
}
