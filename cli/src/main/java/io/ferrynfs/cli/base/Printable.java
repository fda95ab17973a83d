package io.ferrynfs.cli.base;

import java.util.Locale;

/**
 * Escapes text of other parties for the terminal. Control characters could drive the terminal, and
 * invisible characters such as U+202E reorder what the user reads.
 */
public final class Printable {
  private Printable() {}

  /** Escapes a name as {@link #name(String)} does. */
  public static String name(byte[] name) {
    return name(ByteText.of(name));
  }

  /**
   * Escapes a name without loss and without ambiguity: a control character or a byte that is not
   * UTF-8 becomes {@code \xNN}, any other unsafe character <code>\\u{N}</code>, and a backslash is
   * doubled.
   */
  public static String name(String name) {
    return escaped(name, true);
  }

  /**
   * Escapes a line whose names are already escaped. Backslashes are not escaped; other text in the
   * line, such as a server's message, is made safe.
   */
  public static String line(String line) {
    return escaped(line, false);
  }

  private static String escaped(String text, boolean backslashes) {
    if (text.chars().allMatch(c -> c >= ' ' && c < 0x7f && (c != '\\' || !backslashes))) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(point -> {
          if (point == '\\' && backslashes) {
            out.append("\\\\");
          } else if (point < ' ' || point == 0x7f || ByteText.isEscape(point)) {
            out.append(String.format(Locale.ROOT, "\\x%02x", point & 0xff));
          } else if (isUnsafe(point)) {
            out.append(String.format(Locale.ROOT, "\\u{%x}", point));
          } else {
            out.appendCodePoint(point);
          }
        });
    return out.toString();
  }

  /** Returns whether a character is invisible or affects the layout of others. */
  static boolean isUnsafe(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }
}
