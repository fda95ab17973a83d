package io.ferrynfs.server.state;

/** Arithmetic of share access and deny modes, whose bits have the same values. */
final class ShareBits {
  static final int READ = 1;
  static final int WRITE = 2;
  private static final int MODES = 4;

  private ShareBits() {}

  /** Returns the modes of a set that have only bits of the given mode. */
  static int within(int set, int mode) {
    int result = 0;
    for (int m = 0; m < MODES; m++) {
      if ((set & 1 << m) != 0 && (m & ~mode) == 0) {
        result |= 1 << m;
      }
    }
    return result;
  }

  /** Returns the union of the modes in a set. */
  static int union(int set) {
    int result = 0;
    for (int m = 0; m < MODES; m++) {
      if ((set & 1 << m) != 0) {
        result |= m;
      }
    }
    return result;
  }
}
