package io.ferrynfs.storage;

/**
 * The expected use of a range of a file, for {@link OpenFile#advise}; the values are those of
 * posix_fadvise(2).
 */
public enum Advice {
  /** No particular use. Withdraws earlier advice. */
  NORMAL,
  /** Access from lower offsets to higher ones. */
  SEQUENTIAL,
  /** Access in random order. */
  RANDOM,
  /** A single access. */
  NO_REUSE,
  /** Access in the near future. */
  WILL_NEED,
  /** No access in the near future. */
  DONT_NEED
}
