package io.ferrynfs.client;

/** How a part of a file will be used (RFC 7862 section 15.5.3), for {@link NfsFile#advise}. */
public enum NfsAdvice {
  /** As any other file; takes back what was said before. */
  NORMAL,
  /** From lower offsets to higher ones. */
  SEQUENTIAL,
  /** From higher offsets to lower ones. */
  SEQUENTIAL_BACKWARDS,
  /** In no order. */
  RANDOM,
  /** Soon. */
  WILL_NEED,
  /** Perhaps soon: to be fetched where that costs little. */
  WILL_NEED_OPPORTUNISTIC,
  /** Not soon. */
  DONT_NEED,
  /** Once. */
  NO_REUSE,
  /** Will be read. */
  READ,
  /** Will be written. */
  WRITE,
  /** Is kept by this client, and important to it. */
  INIT_PROXIMITY
}
