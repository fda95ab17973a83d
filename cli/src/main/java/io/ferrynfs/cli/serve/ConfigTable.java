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
 * A table of a configuration file. What is wrong is noted with its place, and the reader goes on
 * with the default, so that everything is told at once.
 */
final class ConfigTable {
  /** How many letters a word may be from the one that was meant. */
  private static final int TYPOS_MAX = 3;

  private final String file;
  private final TomlTable table;
  private final @Nullable TomlPosition begin;
  private final List<String> problems;

  ConfigTable(String file, TomlTable table, List<String> problems) {
    this(file, table, null, problems);
  }

  private ConfigTable(
      String file, TomlTable table, @Nullable TomlPosition begin, List<String> problems) {
    this.file = file;
    this.table = table;
    this.begin = begin;
    this.problems = problems;
  }

  /** Every other key is wrong. */
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

  /** Notes what is wrong with a key, or where there is none, with the table. */
  void problem(String key, String what) {
    problem(position(key), key, what);
  }

  private @Nullable TomlPosition position(String key) {
    TomlPosition at = table.inputPositionOf(List.of(key));
    return at == null ? begin : at;
  }

  /** The beginning of a message about a key. */
  String where(String key) {
    return where(file, position(key)) + key + ": ";
  }

  private void problem(@Nullable TomlPosition at, String key, String what) {
    problems.add(where(file, at) + key + ": " + what);
  }

  /** The beginning of a message about a place. */
  static String where(String file, @Nullable TomlPosition at) {
    return at == null ? file + ": " : file + ":" + at.line() + ":" + at.column() + ": ";
  }

  /** A text that a function takes apart, which says what is wrong by IllegalArgumentException. */
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

  /** One of some words. */
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

  /** A number between two others. */
  long number(String key, long min, long max, long otherwise) {
    Object value = table.get(List.of(key));
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Long number && number >= min && number <= max) {
      return number;
    }
    problem(key, "must be a number between " + min + " and " + max);
    return otherwise;
  }

  /** A list of texts, each taken apart; null when there is no such key. */
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

  /** The same of words, at least one. */
  <T> @Nullable List<T> choices(String key, Map<String, T> choices) {
    List<T> list = list(key, text -> choose(text, choices));
    if (isEmptyList(key)) {
      problem(key, "must not be empty; " + suggestion("", List.copyOf(choices.keySet())));
    }
    return list;
  }

  /** Whether a list is there, and says nothing. */
  boolean isEmptyList(String key) {
    return table.get(List.of(key)) instanceof TomlArray array && array.isEmpty();
  }

  /** Tables that come several times, as {@code [[key]]}. */
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

  /** What was meant, or what there is. */
  private static String suggestion(String word, List<String> words) {
    String nearest = "";
    int typos = TYPOS_MAX + 1;
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

  /** Levenshtein's: letters to be added, taken away or exchanged. */
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
