package io.ferrynfs.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The source files of the repository, without generated ones. */
public final class Sources {
  private final Path root;

  /**
   * @param root the root directory of the repository
   */
  public Sources(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /** Returns every Java file below {@code MODULE/src}, in a stable order. */
  public List<Path> javaFiles() {
    try (Stream<Path> modules = Files.list(root)) {
      return modules
          .map(module -> module.resolve("src"))
          .filter(Files::isDirectory)
          .flatMap(Sources::javaFilesBelow)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns every file of the interoperability tests, in a stable order. */
  public List<Path> interopFiles() {
    try (Stream<Path> files = Files.walk(root.resolve("interop"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the path of a file below the root, for messages. */
  public String name(Path file) {
    return root.relativize(file).toString();
  }

  /** Returns the text of a file. */
  public static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> javaFilesBelow(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
