package io.ferrynfs.server.compound;

/**
 * The class of thread that executes an operation.
 *
 * <p>An operation that only looks something up (LOOKUP, GETATTR, ACCESS, READLINK, VERIFY, OPEN of
 * an existing file) is SMALL although it may read from the disk. The kernel nearly always has names
 * and inodes in memory, and a hand-over to the pool costs more than the operation. A disk that
 * stalls delays only that connection. An operation that transfers data, changes the tree or waits
 * for the disk is BULK.
 */
public enum Cost {
  /**
   * The operation runs on the reader thread of the connection. It transfers no bulk data and does
   * not wait until a disk has written.
   */
  SMALL,
  /**
   * The operation runs on the bounded pool, so that it does not delay the other slots of the
   * connection.
   */
  BULK
}
