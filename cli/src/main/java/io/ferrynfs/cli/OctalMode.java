package io.ferrynfs.cli;

/** Parses permission bits. */
final class OctalMode {
  private OctalMode() {}

  /**
   * Parses an octal number.
   *
   * @throws IllegalArgumentException if the text is not an octal number up to 7777
   */
  static int parse(String text) {
    try {
      int mode = Integer.parseInt(text, 8);
      if (mode >= 0 && mode <= 07777) {
        return mode;
      }
    } catch (NumberFormatException notOctal) {
      // Falls through: the message is the same.
    }
    throw new IllegalArgumentException("a mode must be an octal number up to 7777, not " + text);
  }
}
