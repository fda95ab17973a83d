package io.ferrynfs.client.copy;

/**
 * What a copy did.
 *
 * @param bytes copied, durable and equal
 * @param how the way the bytes took
 * @param reason why not a better way
 * @param serverToServer whether one server fetched them from another
 * @param sourceChanged whether the source is known to have changed meanwhile
 */
public record CompletedCopy(
    long bytes, How how, String reason, boolean serverToServer, boolean sourceChanged) {

  /** The way the bytes took. */
  public enum How {
    CLONED,
    OFFLOADED,
    SYNCHRONOUS,
    STREAMED
  }

  CompletedCopy withSourceChanged(boolean changed) {
    return new CompletedCopy(bytes, how, reason, serverToServer, changed);
  }
}
