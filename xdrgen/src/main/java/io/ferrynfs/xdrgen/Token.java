package io.ferrynfs.xdrgen;

/**
 * A token of a schema.
 *
 * @param kind the kind
 * @param text the text; empty for the end
 * @param at the position of the first character
 * @param doc the text of the comment that ends on the line above; may be empty
 */
record Token(Kind kind, String text, Position at, String doc) {
  /** The kinds of tokens. */
  enum Kind {
    NAME,
    NUMBER,
    SIGN,
    END
  }

  boolean is(String other) {
    return text.equals(other);
  }

  /** Returns the token in the form of an error message. */
  String shown() {
    return kind == Kind.END ? "the end of the file" : "'" + text + "'";
  }
}
