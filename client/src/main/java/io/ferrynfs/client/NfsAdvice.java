package io.ferrynfs.client;

/**
 * The use of a range of a file (IO_ADVISE, RFC 7862 section 15.5.3), for {@link NfsFile#advise}.
 */
public enum NfsAdvice {
  /** No particular use; withdraws earlier advice. */
  NORMAL,
  /** Access in the order of the offsets. */
  SEQUENTIAL,
  /** Access from higher to lower offsets. */
  SEQUENTIAL_BACKWARDS,
  /** Access in no order. */
  RANDOM,
  /** Access soon. */
  WILL_NEED,
  /** Possible access soon; the server may prefetch if that is cheap. */
  WILL_NEED_OPPORTUNISTIC,
  /** No access soon. */
  DONT_NEED,
  /** Access once. */
  NO_REUSE,
  /** Reading. */
  READ,
  /** Writing. */
  WRITE,
  /** The client caches the range and the range is important to it. */
  INIT_PROXIMITY
}
