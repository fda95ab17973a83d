package io.ferrynfs.tidy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the {@code //} comments of a Java source text. */
final class LineComments {
  /** Literals and block comments come first because they may contain two slashes. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "\"\"\"(?:\\\\.|[^\\\\])*?\"\"\"" // text block
              + "|\"(?:\\\\.|[^\"\\\\\n])*\"" // string
              + "|'(?:\\\\.|[^'\\\\\n])+'" // character
              + "|/\\*.*?\\*/"
              + "|//(?<comment>[^\n]*)",
          Pattern.DOTALL);

  private LineComments() {}

  /**
   * A comment.
   *
   * @param start the index of the slashes
   * @param end the index after the last character
   * @param text the text without the slashes
   */
  record Comment(int start, int end, String text) {}

  /** Returns all comments in the order of the text. */
  static List<Comment> of(String java) {
    List<Comment> comments = new ArrayList<>();
    Matcher token = TOKEN.matcher(java);
    while (token.find()) {
      if (token.group("comment") != null) {
        comments.add(new Comment(token.start(), token.end(), token.group("comment")));
      }
    }
    return comments;
  }

  /** Returns whether a text has only white space and comments. */
  static boolean isBlank(String java) {
    return TOKEN.matcher(java).replaceAll(token -> isComment(token.group()) ? "" : "x").isBlank();
  }

  private static boolean isComment(String token) {
    return token.startsWith("//") || token.startsWith("/*");
  }
}
