package io.ferrynfs.xdrgen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Converts names of a schema to Java names. */
final class JavaNames {
  /** The names that a record component cannot have, or that would hide a parameter of a method. */
  private static final Set<String> TAKEN =
      Set.of(
          "abstract",
          "assert",
          "boolean",
          "break",
          "byte",
          "case",
          "catch",
          "char",
          "class",
          "clone",
          "const",
          "continue",
          "default",
          "do",
          "double",
          "else",
          "enum",
          "extends",
          "false",
          "final",
          "finalize",
          "finally",
          "float",
          "for",
          "getClass",
          "goto",
          "hashCode",
          "if",
          "implements",
          "import",
          "in",
          "instanceof",
          "int",
          "interface",
          "long",
          "native",
          "new",
          "notify",
          "notifyAll",
          "null",
          "out",
          "package",
          "private",
          "protected",
          "public",
          "return",
          "short",
          "static",
          "strictfp",
          "super",
          "switch",
          "synchronized",
          "this",
          "throw",
          "throws",
          "toString",
          "transient",
          "true",
          "try",
          "void",
          "volatile",
          "wait",
          "while");

  private JavaNames() {}

  /** Returns the name of a type: {@code COPY_NOTIFY4res} becomes {@code CopyNotify4Res}. */
  static String type(String name) {
    var type = new StringBuilder();
    for (String word : words(name)) {
      type.append(word.substring(0, 1).toUpperCase(Locale.ROOT))
          .append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return type.toString();
  }

  /**
   * Returns the name of a field: {@code src_stateid} becomes {@code srcStateid}. A name that Java
   * does not allow gets a trailing {@code _}.
   */
  static String field(String name) {
    String field = decapitalised(type(name));
    return TAKEN.contains(field) ? field + "_" : field;
  }

  /** Returns the constants class of a directory: {@code Nfs4} for {@code nfs4}. */
  static String constants(String directory) {
    return type(directory);
  }

  /** Returns the name of the method for a type: {@code stateid4} for {@code Stateid4}. */
  static String decapitalised(String type) {
    return type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1);
  }

  /**
   * Returns the common prefix of all labels of an enumeration. It ends with a {@code _} or a digit,
   * and leaves at least one character of each label.
   */
  static String labelPrefix(List<String> labels) {
    String common = labels.getFirst();
    for (String label : labels) {
      int same = 0;
      while (same < Math.min(common.length(), label.length())
          && common.charAt(same) == label.charAt(same)) {
        same++;
      }
      common = common.substring(0, same);
    }
    while (!common.isEmpty() && !leavesNames(labels, common)) {
      common = common.substring(0, common.length() - 1);
    }
    return common;
  }

  private static boolean leavesNames(List<String> labels, String prefix) {
    char last = prefix.charAt(prefix.length() - 1);
    return (last == '_' || isDigit(last))
        && labels.stream()
            .map(label -> without(prefix, label))
            .allMatch(JavaNames::startsWithLetter);
  }

  /** Returns the name of an arm: {@code OP_COPY} without {@code OP_} becomes {@code Copy}. */
  static String arm(String label, String prefix) {
    String name = type(without(prefix, label));
    return startsWithLetter(name) ? name : "Case" + name;
  }

  /** Removes the prefix, and a {@code _} or {@code ERR_} after {@code NFS4}. */
  private static String without(String prefix, String label) {
    String rest = label.substring(prefix.length());
    if (!prefix.isEmpty() && rest.startsWith("_")) {
      return rest.substring(1);
    }
    return !prefix.isEmpty() && rest.startsWith("ERR_") ? rest.substring(4) : rest;
  }

  private static boolean startsWithLetter(String name) {
    return !name.isEmpty() && Character.isLetter(name.charAt(0));
  }

  /** Splits at {@code _}, between a digit and a letter, and before an upper case letter. */
  private static List<String> words(String name) {
    var words = new ArrayList<String>();
    int start = 0;
    for (int i = 1; i <= name.length(); i++) {
      if (i == name.length() || startsWord(name.charAt(i - 1), name.charAt(i))) {
        String word = name.substring(start, i).replace("_", "");
        if (!word.isEmpty()) {
          words.add(word);
        }
        start = i;
      }
    }
    return words;
  }

  private static boolean startsWord(char before, char c) {
    return c == '_'
        || before == '_'
        || (isDigit(before) && !isDigit(c))
        || (Character.isLowerCase(before) && Character.isUpperCase(c));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
