package io.ferrynfs.cli.base;

import java.util.Locale;

/**
 * Text from outside, made safe for a terminal: control characters, which drive it, and invisible
 * ones, which reorder what a person reads (U+202E and its kin), are written as escapes.
 */
public final class Printable {
  private Printable() {}

  /** A name as {@link #name(String)} shows it. */
  public static String name(byte[] name) {
    return name(ByteText.of(name));
  }

  /**
   * A name or other text of one party, shown without loss and without ambiguity: a byte that is a
   * control character or no UTF-8 as {@code \xNN}, any other unsafe character as <code>\\u{N}
   * </code>, and a backslash as two.
   */
  public static String name(String name) {
    return escaped(name, true);
  }

  /**
   * A whole line, in which names are escaped already: whatever else in it could drive the terminal,
   * such as a server's words in an error, is escaped; backslashes stay.
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

  /** Whether a character is not seen, or moves others. */
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
