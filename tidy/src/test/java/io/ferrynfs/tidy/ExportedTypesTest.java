package io.ferrynfs.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks that the modules export exactly the types of {@code api.txt}: a type becomes API only by a
 * change of that file.
 */
class ExportedTypesTest {
  private static final Path API = Path.of("api.txt");
  private static final Pattern EXPORT = Pattern.compile("(?m)^ *exports ([\\w.]+);");
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "(?m)^public (?:abstract |final |sealed |non-sealed )*"
              + "(?:class|record|interface|enum|@interface) (\\w+)");

  private final Sources sources = new Sources(Path.of(".."));

  @Test
  void modulesExportTheListedTypesOnly() {
    List<String> exported =
        sources.javaFiles().stream()
            .filter(file -> file.endsWith("src/main/java/module-info.java"))
            .flatMap(this::typesOf)
            .sorted()
            .toList();
    List<String> listed =
        Sources.read(API).lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    assertThat(exported).as("the types of tidy/api.txt").isEqualTo(listed);
  }

  private Stream<String> typesOf(Path moduleInfo) {
    Path root = moduleInfo.resolveSibling("");
    return EXPORT
        .matcher(Sources.read(moduleInfo))
        .results()
        .map(export -> export.group(1))
        .flatMap(name -> typesOf(root.resolve(name.replace('.', '/')), name));
  }

  private Stream<String> typesOf(Path folder, String name) {
    String types =
        sources.javaFiles().stream()
            .filter(file -> folder.equals(file.getParent()))
            .map(ExportedTypesTest::publicType)
            .filter(type -> !type.isEmpty())
            .sorted()
            .collect(Collectors.joining(" "));
    // The types of a schema are generated and have no source file here.
    return types.isEmpty() || !Files.isDirectory(folder)
        ? Stream.empty()
        : Stream.of(types.split(" ")).map(type -> name + "." + type);
  }

  private static String publicType(Path file) {
    Matcher type = PUBLIC_TYPE.matcher(Sources.read(file));
    return type.find() ? type.group(1) : "";
  }
}
