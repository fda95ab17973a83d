package io.ferrynfs.server.state;

/** An asynchronous copy, as its stateid refers to it. */
public interface Offload {
  /**
   * Returns whether it runs. A completed copy does not keep its client from DESTROY_CLIENTID
   * (A-021).
   */
  boolean isActive();

  /** Stops the copy without a callback, because its stateid was removed. Does not block. */
  void abandon();
}
