package io.ferrynfs.storage;

/** How a part of a file will be used, for {@link OpenFile#advise}; as posix_fadvise(2) has it. */
public enum Advice {
  /** As any other file: takes back what was said before. */
  NORMAL,
  /** From lower offsets to higher ones. */
  SEQUENTIAL,
  /** In no order. */
  RANDOM,
  /** Once. */
  NO_REUSE,
  /** Soon. */
  WILL_NEED,
  /** Not soon. */
  DONT_NEED
}
