package io.ferrynfs.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The hand-written files of the whole repository. */
public final class Sources {
  private final Path root;

  /**
   * @param root the folder that holds the modules
   */
  public Sources(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  /** Every Java file below {@code MODULE/src}, in a stable order. */
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

  /** Every file of the runs against real peers, in a stable order. */
  public List<Path> interopFiles() {
    try (Stream<Path> files = Files.walk(root.resolve("interop"))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file's place inside the repository, for messages. */
  public String name(Path file) {
    return root.relativize(file).toString();
  }

  /** The text of a file. */
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
