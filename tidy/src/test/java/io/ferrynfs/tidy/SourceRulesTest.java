package io.ferrynfs.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Checks rules of CONTRIBUTING.md on the text of the sources. */
class SourceRulesTest {
  private static final int FILE_LINES_MAX = 600;
  private static final int METHOD_LINES_MAX = 70;

  /** The words are split so that the pattern does not match this file. */
  private static final Pattern UNFINISHED =
      Pattern.compile(
          "\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b|@Dis" + "abled|@Ig" + "nore");

  private final Sources sources = new Sources(Path.of(".."));

  @Test
  void noFileIsLongerThanSixHundredLines() {
    List<String> tooLong = new ArrayList<>();
    for (Path file : sources.javaFiles()) {
      long lines = Sources.read(file).lines().count();
      if (lines > FILE_LINES_MAX) {
        tooLong.add(sources.name(file) + ": " + lines);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void noMethodIsLongerThanSeventyLines() throws IOException {
    List<String> tooLong = new ArrayList<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources.javaFiles()));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new MethodLengths(unit, positions, tooLong).scan(unit, null);
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void noFileHasATaskMarkerOrADisabledTest() {
    List<String> found = new ArrayList<>();
    for (Path file : sources.javaFiles()) {
      Matcher matcher = UNFINISHED.matcher(Sources.read(file));
      if (matcher.find()) {
        found.add(sources.name(file) + ": " + matcher.group());
      }
    }
    assertThat(found).isEmpty();
  }

  /** A lock that guards a field is stated by an annotation, which Error Prone checks. */
  @Test
  void noCommentInsteadOfAnAnnotationNamesTheLockOfAField() {
    Pattern told = Pattern.compile("(?i)// *guarded by|guarded by (?:this|itself|the lock)\\b");
    List<String> found =
        sources.javaFiles().stream()
            .filter(file -> file.toString().contains("/src/main/"))
            .filter(file -> told.matcher(Sources.read(file)).find())
            .map(sources::name)
            .toList();
    assertThat(found).isEmpty();
  }

  /**
   * {@code grep -q} exits at the first match. A program that writes another line after that fails,
   * and with {@code pipefail} the check fails, too. The outcome depends on timing.
   */
  @Test
  void noInteropScriptPipesAProgramIntoAGrepThatStopsReading() {
    Pattern stops = Pattern.compile("\\|\\s*grep -\\w*q");
    List<String> found =
        sources.interopFiles().stream()
            .filter(file -> stops.matcher(Sources.read(file)).find())
            .map(sources::name)
            .toList();
    assertThat(found).isEmpty();
  }

  @Test
  void everyPackageOfTheProductIsNullMarked() {
    List<String> unmarked =
        sources.javaFiles().stream()
            .filter(file -> file.toString().contains("/src/main/"))
            .filter(file -> !file.endsWith("module-info.java"))
            .map(Path::getParent)
            .distinct()
            .filter(folder -> !isNullMarked(folder.resolve("package-info.java")))
            .map(sources::name)
            .toList();
    assertThat(unmarked).isEmpty();
  }

  private static boolean isNullMarked(Path packageInfo) {
    return Files.exists(packageInfo) && Sources.read(packageInfo).contains("@NullMarked");
  }

  /** Collects every method that spans more lines than allowed. */
  private static final class MethodLengths extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> tooLong;

    MethodLengths(CompilationUnitTree unit, SourcePositions positions, List<String> tooLong) {
      this.unit = unit;
      this.positions = positions;
      this.tooLong = tooLong;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
      LineMap lines = unit.getLineMap();
      long start = positions.getStartPosition(unit, method);
      long end = positions.getEndPosition(unit, method);
      if (start >= 0 && end >= 0) {
        long length = lines.getLineNumber(end) - lines.getLineNumber(start) + 1;
        if (length > METHOD_LINES_MAX) {
          tooLong.add(unit.getSourceFile().getName() + " " + method.getName() + ": " + length);
        }
      }
      return super.visitMethod(method, null);
    }
  }
}
