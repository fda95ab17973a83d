package io.ferrynfs.server.state;

/** A copy that goes on after COPY was answered, as the table of stateids sees it. */
public interface Offload {
  /**
   * Whether it still works. One that has ended waits only to be told of, and its client may go
   * (copy-conformance A-021).
   */
  boolean isActive();

  /**
   * Its stateid is gone, so nobody can ask any more: it stops and tells nobody. Returns at once.
   */
  void abandon();
}
