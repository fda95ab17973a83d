package io.ferrynfs.cli.serve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory to serve, as given on the command line.
 *
 * @param path the path that clients mount: {@code /} or {@code /name}
 * @param directory the local directory
 */
public record ExportArgument(String path, Path directory) {

  /**
   * Parses {@code DIR}, or one or more of {@code /name=DIR}.
   *
   * @throws IllegalArgumentException if several directories lack names
   */
  public static List<ExportArgument> parse(List<String> arguments) {
    List<ExportArgument> exports = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.isEmpty() || argument.endsWith("=")) {
        throw new IllegalArgumentException(
            argument.isEmpty()
                ? "an empty argument names no directory"
                : argument + " names no directory");
      }
      int equals = argument.indexOf('=');
      boolean named = equals > 1 && argument.charAt(0) == '/';
      if (!named && arguments.size() > 1) {
        throw new IllegalArgumentException(
            "with several directories, each needs a name, as in /name=" + argument);
      }
      exports.add(
          named
              ? new ExportArgument(
                  argument.substring(0, equals), Path.of(argument.substring(equals + 1)))
              : new ExportArgument("/", Path.of(argument)));
    }
    return exports;
  }
}
