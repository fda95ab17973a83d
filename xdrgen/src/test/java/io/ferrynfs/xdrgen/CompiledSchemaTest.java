package io.ferrynfs.xdrgen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles a small schema that uses each construct, and runs the generated code. */
class CompiledSchemaTest {
  private static final Path EXAMPLE = Path.of("src/test/resources/example");

  /** The runtime of the generated types; its module is built after this one. */
  private static final Path RUNTIME = Path.of("../wire/src/main/java/io/ferrynfs/wire/xdr");

  private static Map<String, String> example() throws Exception {
    return new JavaEmitter(Main.schema(SourceFiles.schemas(EXAMPLE)), "example").sources();
  }

  @Test
  void exampleIsCompiledToTheExpectedSources() throws Exception {
    Map<String, String> expected = new TreeMap<>();
    try (var files = Files.walk(EXAMPLE.resolve("expected"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String path = EXAMPLE.resolve("expected").relativize(file).toString();
        expected.put(path.replace(".txt", ".java").replace('\\', '/'), Files.readString(file));
      }
    }
    assertThat(example()).isEqualTo(expected);
  }

  @Test
  void generatedSourcesCompileWithoutWarningsAndPassTheCheck(@TempDir Path folder)
      throws Exception {
    SourceFiles.write(folder.resolve("java"), example());
    List<Path> files = new ArrayList<>(javaFiles(folder.resolve("java")));
    files.addAll(javaFiles(RUNTIME));
    Path check = folder.resolve("Check.java");
    Files.copy(EXAMPLE.resolve("Check.txt"), check);
    files.add(check);
    compile(files, folder.resolve("classes"));
    URL[] classes = {folder.resolve("classes").toUri().toURL()};
    try (var loader = new URLClassLoader(classes)) {
      Class<?> type = loader.loadClass("example.Check");
      ((Runnable) type.getDeclaredConstructor().newInstance()).run();
    }
  }

  private static List<Path> javaFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static void compile(List<Path> sources, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      var diagnostics = new DiagnosticCollector<JavaFileObject>();
      List<String> options =
          List.of("-d", classes.toString(), "-Xlint:all,-processing,-classfile", "-Werror");
      boolean done =
          compiler
              .getTask(
                  null,
                  files,
                  diagnostics,
                  options,
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(done).as(diagnostics.getDiagnostics().toString()).isTrue();
    }
  }

  @Test
  void unchangedFilesAreNotWrittenAndStaleFilesAreDeleted(@TempDir Path folder) throws Exception {
    Map<String, String> sources = example();
    assertThat(SourceFiles.write(folder, sources)).isEqualTo(sources.size());
    assertThat(SourceFiles.write(folder, sources)).isZero();
    Files.writeString(folder.resolve("Stale.java"), "class Stale {}");
    Files.writeString(folder.resolve(sources.keySet().iterator().next()), "changed");
    assertThat(SourceFiles.write(folder, sources)).isEqualTo(2);
    assertThat(SourceFiles.write(folder, sources)).isZero();
  }
}
