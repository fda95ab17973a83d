package io.ferrynfs.xdrgen;

import java.util.ArrayList;
import java.util.List;

/** Splits a schema into tokens, each with the comment that documents it. */
final class Lexer {
  private static final String SIGNS = "{}()[]<>;:,=*";

  private final String file;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int lineStart;
  private String comment = "";
  private int commentEndLine = -1;

  private Lexer(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /**
   * Returns the tokens of a schema, including the end.
   *
   * @param file the path, for messages
   */
  static List<Token> tokens(String file, String text) throws SchemaException {
    return new Lexer(file, text).run();
  }

  private List<Token> run() throws SchemaException {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c)) {
        advance();
      } else if (text.startsWith("/*", at)) {
        blockComment();
      } else if (text.startsWith("//", at)) {
        skipLine();
      } else if (isNameStart(c)) {
        add(Token.Kind.NAME, wordEnd());
      } else if (isDigit(c) || c == '-') {
        add(Token.Kind.NUMBER, wordEnd());
      } else if (SIGNS.indexOf(c) >= 0) {
        add(Token.Kind.SIGN, at + 1);
      } else {
        throw new SchemaException(position(), "unexpected character '" + c + "'");
      }
    }
    add(Token.Kind.END, at);
    return tokens;
  }

  private void add(Token.Kind kind, int end) {
    String doc = line - commentEndLine <= 1 ? comment : "";
    tokens.add(new Token(kind, text.substring(at, end), position(), doc));
    comment = "";
    at = end;
  }

  private int wordEnd() {
    int end = at + 1;
    while (end < text.length() && (isNameStart(text.charAt(end)) || isDigit(text.charAt(end)))) {
      end++;
    }
    return end;
  }

  private void blockComment() throws SchemaException {
    Position start = position();
    int from = at + 2;
    int end = text.indexOf("*/", from);
    if (end < 0) {
      throw new SchemaException(start, "unterminated comment");
    }
    while (at < end + 2) {
      advance();
    }
    comment = plain(text.substring(from, end));
    commentEndLine = line;
  }

  /** Returns the comment without the asterisks at the start of its lines. */
  private static String plain(String comment) {
    var plain = new StringBuilder();
    for (String row : comment.split("\n", -1)) {
      plain.append(row.strip().replaceFirst("^\\*+ ?", "")).append('\n');
    }
    return plain.toString().strip();
  }

  private void skipLine() {
    while (at < text.length() && text.charAt(at) != '\n') {
      at++;
    }
  }

  private void advance() {
    if (text.charAt(at) == '\n') {
      line++;
      lineStart = at + 1;
    }
    at++;
  }

  private Position position() {
    return new Position(file, line, at - lineStart + 1);
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
