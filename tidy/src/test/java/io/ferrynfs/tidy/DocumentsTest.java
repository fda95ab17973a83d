package io.ferrynfs.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks that the documents refer to existing types, packages and files, and avoid the words of
 * docs/style.md.
 */
class DocumentsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path STYLE = ROOT.resolve("docs/style.md");

  /** The types in documents that have no source file of their name in this repository. */
  private static final Set<String> ELSEWHERE =
      Set.of("COPY4args", "Copy4Args", "FileChannel", "ServiceLoader");

  private static final Pattern TYPE =
      Pattern.compile("`([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:[.#][A-Za-z0-9()]+)*`");
  private static final Pattern PACKAGE = Pattern.compile("io\\.ferrynfs(?:\\.[a-z]+)+");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)\\)");

  private final Sources sources = new Sources(ROOT);

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (String name : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")) {
      documents.add(ROOT.resolve(name));
    }
    documents.add(ROOT.resolve("examples/README.md"));
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(documents::add);
    }
    documents.remove(STYLE);
    return documents;
  }

  @Test
  void everyTypeThatADocumentNamesExists() throws IOException {
    Set<String> types =
        sources.javaFiles().stream()
            .map(sources::name)
            .map(name -> name.replaceFirst(".*/", "").replace(".java", ""))
            .collect(Collectors.toSet());
    types.addAll(ELSEWHERE);
    List<String> unknown = new ArrayList<>();
    for (Path document : documents()) {
      if (!document.endsWith("conformance.md")) { // ConformanceTest checks its classes.
        Matcher type = TYPE.matcher(Sources.read(document));
        while (type.find()) {
          if (!types.contains(type.group(1))) {
            unknown.add(ROOT.relativize(document) + ": " + type.group());
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void everyPackageAndFileThatADocumentNamesExists() throws IOException {
    Set<String> packages =
        sources.javaFiles().stream()
            .map(sources::name)
            .map(name -> name.replaceFirst("/[^/]*$", "").replaceFirst(".*/java/", ""))
            .map(folder -> folder.replace('/', '.'))
            .collect(Collectors.toSet());
    List<String> unknown = new ArrayList<>();
    for (Path document : documents()) {
      String text = Sources.read(document);
      Matcher named = PACKAGE.matcher(text);
      while (named.find()) {
        if (packages.stream().noneMatch(known -> known.startsWith(named.group()))) {
          unknown.add(ROOT.relativize(document) + ": " + named.group());
        }
      }
      Matcher link = LINK.matcher(text);
      while (link.find()) {
        if (!Files.exists(document.resolve("..").resolve(link.group(1)).normalize())) {
          unknown.add(ROOT.relativize(document) + ": " + link.group(1));
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void noDocumentHasARejectedWord() throws IOException {
    Pattern rejected = WordsTest.rejected();
    List<String> found = new ArrayList<>();
    for (Path document : documents()) {
      rejected
          .matcher(Sources.read(document))
          .results()
          .forEach(word -> found.add(ROOT.relativize(document) + ": " + word.group()));
    }
    assertThat(found).isEmpty();
  }
}
