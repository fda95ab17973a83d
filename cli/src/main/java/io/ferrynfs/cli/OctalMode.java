package io.ferrynfs.cli;

/** Permission bits as people type them. */
final class OctalMode {
  private OctalMode() {}

  /**
   * @throws IllegalArgumentException if the text is no octal number up to 7777
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
    throw new IllegalArgumentException("a mode is an octal number up to 7777, not " + text);
  }
}
