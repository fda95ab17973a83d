package ferry.server.operation;

/** Where an operation may run. */
public enum Cost {
  /** Answered on the connection's reader thread: no bulk data, no wait for a disk to write. */
  SMALL,
  /** Runs on the bounded pool, so that it never holds up the connection's other slots. */
  BULK
}
