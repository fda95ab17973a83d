package io.ferrynfs.xdrgen;

/**
 * A word of a schema.
 *
 * @param kind what sort of word
 * @param text the word as written; of the end, nothing
 * @param at where it starts
 * @param doc the text of the comment that ends on the line above, or nothing
 */
record Token(Kind kind, String text, Position at, String doc) {
  /** Sorts of words. */
  enum Kind {
    NAME,
    NUMBER,
    SIGN,
    END
  }

  boolean is(String other) {
    return text.equals(other);
  }

  /** The word as an error message shows it. */
  String shown() {
    return kind == Kind.END ? "the end of the file" : "'" + text + "'";
  }
}
