package io.ferrynfs.cli.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * A table of a configuration file. Errors are collected with their positions, and reading continues
 * with default values, so that all errors are reported together.
 */
final class ConfigTable {
  /** The maximum edit distance of a suggestion. */
  private static final int EDITS_MAX = 3;

  private final String file;
  private final TomlTable table;
  private final @Nullable TomlPosition start;
  private final List<String> problems;

  ConfigTable(String file, TomlTable table, List<String> problems) {
    this(file, table, null, problems);
  }

  private ConfigTable(
      String file, TomlTable table, @Nullable TomlPosition start, List<String> problems) {
    this.file = file;
    this.table = table;
    this.start = start;
    this.problems = problems;
  }

  /** Reports all keys except these as errors. */
  void allow(List<String> keys) {
    for (String key : table.keySet()) {
      if (!keys.contains(key)) {
        problem(key, "no such key; " + suggestion(key, keys));
      }
    }
  }

  boolean has(String key) {
    return table.contains(List.of(key));
  }

  /** Reports an error of a key, at the position of the table if the key is absent. */
  void problem(String key, String what) {
    problem(position(key), key, what);
  }

  private @Nullable TomlPosition position(String key) {
    TomlPosition at = table.inputPositionOf(List.of(key));
    return at == null ? start : at;
  }

  /** Returns the position and name of a key, as the prefix of a message. */
  String where(String key) {
    return where(file, position(key)) + key + ": ";
  }

  private void problem(@Nullable TomlPosition at, String key, String what) {
    problems.add(where(file, at) + key + ": " + what);
  }

  /** Returns a position as the prefix of a message. */
  static String where(String file, @Nullable TomlPosition at) {
    return at == null ? file + ": " : file + ":" + at.line() + ":" + at.column() + ": ";
  }

  /** Returns a parsed string. The function reports an error by IllegalArgumentException. */
  <T> @Nullable T parsed(String key, Function<String, T> parse) {
    Object value = table.get(List.of(key));
    if (value == null) {
      return null;
    }
    if (value instanceof String text) {
      return attempt(table.inputPositionOf(List.of(key)), key, text, parse);
    }
    problem(key, "must be a text in quotation marks");
    return null;
  }

  private <T> @Nullable T attempt(
      @Nullable TomlPosition at, String key, String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      problem(at, key, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Returns the value of one of several words. */
  <T> @Nullable T choice(String key, Map<String, T> choices) {
    return parsed(key, text -> choose(text, choices));
  }

  private static <T> T choose(String text, Map<String, T> choices) {
    T chosen = choices.get(text);
    if (chosen == null) {
      throw new IllegalArgumentException(
          "there is no \"" + text + "\"; " + suggestion(text, List.copyOf(choices.keySet())));
    }
    return chosen;
  }

  /** Returns a number within bounds, or a default. */
  long number(String key, long min, long max, long defaultValue) {
    Object value = table.get(List.of(key));
    if (value == null) {
      return defaultValue;
    }
    if (value instanceof Long number && number >= min && number <= max) {
      return number;
    }
    problem(key, "must be a number between " + min + " and " + max);
    return defaultValue;
  }

  /** Returns a list of parsed strings; null if the key is absent. */
  <T> @Nullable List<T> list(String key, Function<String, T> parse) {
    Object value = table.get(List.of(key));
    if (value == null) {
      return null;
    }
    List<T> list = new ArrayList<>();
    if (!(value instanceof TomlArray array)) {
      problem(key, "must be a list, as in " + key + " = [\"...\"]");
      return null;
    }
    for (int i = 0; i < array.size(); i++) {
      TomlPosition at = array.inputPositionOf(i);
      if (array.get(i) instanceof String text) {
        T element = attempt(at, key, text, parse);
        if (element != null) {
          list.add(element);
        }
      } else {
        problem(at, key, "must be a list of texts in quotation marks");
      }
    }
    return list;
  }

  /** Returns a list, not empty, of the values of words. */
  <T> @Nullable List<T> choices(String key, Map<String, T> choices) {
    List<T> list = list(key, text -> choose(text, choices));
    if (isEmptyList(key)) {
      problem(key, "must not be empty; " + suggestion("", List.copyOf(choices.keySet())));
    }
    return list;
  }

  /** Returns whether the key has an empty list. */
  boolean isEmptyList(String key) {
    return table.get(List.of(key)) instanceof TomlArray array && array.isEmpty();
  }

  /** Returns an array of tables, written as {@code [[key]]}. */
  List<ConfigTable> tables(String key) {
    List<ConfigTable> tables = new ArrayList<>();
    Object value = table.get(List.of(key));
    if (value instanceof TomlArray array) {
      for (int i = 0; i < array.size(); i++) {
        if (array.get(i) instanceof TomlTable one) {
          tables.add(new ConfigTable(file, one, array.inputPositionOf(i), problems));
        } else {
          problem(array.inputPositionOf(i), key, "must be a table, as in [[" + key + "]]");
        }
      }
    } else if (value != null) {
      problem(key, "must be written with two brackets, [[" + key + "]]");
    }
    return tables;
  }

  /** Returns the most similar word, or all words, as the end of a message. */
  private static String suggestion(String word, List<String> words) {
    String nearest = "";
    int typos = EDITS_MAX + 1;
    for (String candidate : words) {
      int distance = distance(word, candidate);
      if (distance < typos && distance < candidate.length()) {
        typos = distance;
        nearest = candidate;
      }
    }
    return nearest.isEmpty()
        ? "there are " + String.join(", ", words)
        : "is " + nearest + " meant?";
  }

  /** Returns the Levenshtein distance. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
