package io.ferrynfs.server.compound;

/** The room that is left in a reply of limited size. */
@FunctionalInterface
public interface ReplyRoom {
  /** Returns the number of bytes that further results may occupy. */
  int bytesLeft();
}
