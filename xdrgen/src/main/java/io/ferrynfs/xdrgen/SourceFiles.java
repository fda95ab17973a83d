package io.ferrynfs.xdrgen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the directories of schemas and writes those of Java sources. */
final class SourceFiles {
  private SourceFiles() {}

  /** Returns the text of every {@code DIRECTORY/*.x} below a directory, by its path. */
  static Map<String, String> schemas(Path root) throws IOException {
    var schemas = new TreeMap<String, String>();
    for (Path file : filesBelow(root)) {
      Path path = root.relativize(file);
      if (path.getNameCount() == 2 && path.toString().endsWith(".x")) {
        schemas.put(path.toString().replace('\\', '/'), Files.readString(file));
      }
    }
    return schemas;
  }

  /**
   * Writes the given sources to a directory and deletes all others. It does not write unchanged
   * files, so that the Java compiler runs only after a change.
   *
   * @return the number of files that were written or deleted
   */
  static int write(Path root, Map<String, String> sources) throws IOException {
    int changed = 0;
    for (Path file : filesBelow(root)) {
      if (!sources.containsKey(root.relativize(file).toString().replace('\\', '/'))) {
        Files.delete(file);
        changed++;
      }
    }
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = root.resolve(source.getKey());
      if (!Files.exists(file) || !Files.readString(file).equals(source.getValue())) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, source.getValue());
        changed++;
      }
    }
    return changed;
  }

  private static List<Path> filesBelow(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
