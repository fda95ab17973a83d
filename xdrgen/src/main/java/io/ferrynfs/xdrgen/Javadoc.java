package io.ferrynfs.xdrgen;

import java.util.ArrayList;
import java.util.List;

/** The text of a schema's comments as Javadoc. */
final class Javadoc {
  private Javadoc() {}

  /** The paragraphs of a comment: escaped, {@code `code`} marked, from the second on with a tag. */
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

  /** The paragraphs about a type; its name if the schema says nothing. */
  static List<String> of(Declaration.Definition definition) {
    List<String> paragraphs = paragraphs(definition.doc());
    return paragraphs.isEmpty() ? List.of("{@code " + definition.name() + "}.") : paragraphs;
  }

  /** A comment in one piece, for a tag. */
  static String line(String comment) {
    return escaped(comment.replaceAll("\\s+", " ").strip());
  }

  /** Text between backticks becomes code unless a brace in it could end the tag too early. */
  private static String escaped(String text) {
    String escaped =
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;");
    String marked = escaped.replaceAll("`([^`{}&]+)`", "{@code $1}");
    return marked.replace("*/", "*&#47;").replace("\\u", "&#92;u");
  }
}
