package ferry.cli;

import java.util.Locale;

/** Names from a server, made safe for a terminal. */
final class Printable {
  private Printable() {}

  /** The name with control characters, which could drive the terminal, written as {@code \\xNN}. */
  static String name(String name) {
    if (name.chars().noneMatch(Character::isISOControl)) {
      return name;
    }
    StringBuilder out = new StringBuilder();
    name.chars()
        .forEach(c -> {
          if (Character.isISOControl(c)) {
            out.append(String.format(Locale.ROOT, "\\x%02x", c));
          } else {
            out.append((char) c);
          }
        });
    return out.toString();
  }
}
