package io.ferrynfs.server.operation;

/** How much of the reply's size limit is left. */
@FunctionalInterface
public interface ReplyRoom {
  /** Bytes that further results may take. */
  int bytesLeft();
}
