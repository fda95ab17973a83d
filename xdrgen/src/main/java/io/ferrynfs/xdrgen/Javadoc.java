package io.ferrynfs.xdrgen;

import java.util.ArrayList;
import java.util.List;

/** Converts the comments of a schema to Javadoc. */
final class Javadoc {
  private Javadoc() {}

  /**
   * Returns the paragraphs of a comment, with escaped HTML, with code tags, and with a tag before
   * the second and later ones.
   */
  static List<String> paragraphs(String comment) {
    var paragraphs = new ArrayList<String>();
    for (String paragraph : comment.split("\n\\s*\n", -1)) {
      String text = escaped(paragraph.replaceAll("\\s+", " ").strip());
      if (!text.isEmpty()) {
        paragraphs.add(paragraphs.isEmpty() ? text : "<p>" + text);
      }
    }
    return paragraphs;
  }

  /** Returns the paragraphs about a type, or its name if the schema has no comment. */
  static List<String> of(Declaration.Definition definition) {
    List<String> paragraphs = paragraphs(definition.doc());
    return paragraphs.isEmpty() ? List.of("{@code " + definition.name() + "}.") : paragraphs;
  }

  /** Returns a comment as one paragraph, for a tag. */
  static String line(String comment) {
    return escaped(comment.replaceAll("\\s+", " ").strip());
  }

  /**
   * Converts text between backticks to code, unless it has a brace, which could end the tag too
   * early.
   */
  private static String escaped(String text) {
    String escaped =
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;");
    String marked = escaped.replaceAll("`([^`{}&]+)`", "{@code $1}");
    return marked.replace("*/", "*&#47;").replace("\\u", "&#92;u");
  }
}
