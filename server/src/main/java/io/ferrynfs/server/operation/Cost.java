package io.ferrynfs.server.operation;

/**
 * Where an operation may run.
 *
 * <p>What only looks something up (LOOKUP, GETATTR, ACCESS, READLINK, VERIFY, OPEN of a file that
 * is there) is SMALL although it may read from the disk: the kernel nearly always has names and
 * inodes in memory, and handing over to the pool costs more than the operation. A disk that does
 * stall holds up that connection and no other. What moves data, changes the tree or waits for the
 * disk to write is BULK.
 */
public enum Cost {
  /** Answered on the connection's reader thread: no bulk data, no wait for a disk to write. */
  SMALL,
  /** Runs on the bounded pool, so that it never holds up the connection's other slots. */
  BULK
}
