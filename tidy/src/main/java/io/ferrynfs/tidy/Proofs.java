package io.ferrynfs.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * The rules that each test proves. A test method names a rule in a {@code //} comment within it or
 * directly above it, and a script of {@code interop} in a {@code #} comment.
 */
final class Proofs {
  private static final Pattern ID = Pattern.compile("\\b(?:[A-Z]-\\d{3}|B\\d{1,2})\\b");
  private static final Pattern RANGE = Pattern.compile(ID + "\\s*(?:-|\\.\\.+|\u2013|to)\\s*" + ID);
  private static final Pattern SCRIPT_COMMENT = Pattern.compile("(?:^|\\s)#(?!!)(.*)");
  private static final List<String> SCRIPT_FOLDERS = List.of("interop/tests", "interop/guest");

  private final Sources sources;
  private final Path root;
  private final Map<String, SortedSet<String>> testsByRule = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  private Proofs(Path root) {
    this.sources = new Sources(root);
    this.root = root;
  }

  /** Reads the tests of the repository in a directory. */
  static Proofs in(Path root) {
    Proofs proofs = new Proofs(root);
    try {
      proofs.readJava();
      proofs.readScripts();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return proofs;
  }

  /** Returns the tests that name a rule. */
  Map<String, SortedSet<String>> testsByRule() {
    return testsByRule;
  }

  /**
   * Returns the comments that name rules outside of a test, and those that name ranges of rules.
   */
  List<String> problems() {
    return problems;
  }

  private void readJava() throws IOException {
    List<Path> files =
        sources.javaFiles().stream()
            .filter(file -> isTest(sources.name(file)))
            .filter(file -> ID.matcher(Sources.read(file)).find())
            .toList();
    if (files.isEmpty()) {
      return; // The compiler reports an error.
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  manager,
                  null,
                  List.of("-proc:none"),
                  null,
                  manager.getJavaFileObjectsFromPaths(files));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        readUnit(unit, positions);
      }
    }
  }

  private static boolean isTest(String name) {
    return name.contains("/src/test/")
        || name.startsWith("storage-testkit/src/main/java/io/ferrynfs/storage/testkit");
  }

  private void readUnit(CompilationUnitTree unit, SourcePositions positions) throws IOException {
    String text = unit.getSourceFile().getCharContent(true).toString();
    TestMethods methods = new TestMethods(unit, positions);
    methods.scan(unit, null);
    String name = sources.name(Path.of(unit.getSourceFile().toUri()));
    for (LineComments.Comment comment : LineComments.of(text)) {
      TestMethod method = methods.of(comment, text);
      note(comment.text(), name, method == null ? null : method.name());
    }
  }

  private void note(String comment, String file, @Nullable String test) {
    if (RANGE.matcher(comment).find()) {
      problems.add(file + ": name each rule, not a range:" + comment);
    }
    Matcher id = ID.matcher(comment);
    while (id.find()) {
      if (test == null) {
        problems.add(file + ": not in or above a test method:" + comment);
        return;
      }
      testsByRule.computeIfAbsent(id.group(), rule -> new TreeSet<>()).add(test);
    }
  }

  private void readScripts() throws IOException {
    for (String folder : SCRIPT_FOLDERS) {
      try (Stream<Path> files = Files.list(root.resolve(folder))) {
        for (Path file : files.filter(file -> file.toString().endsWith(".sh")).sorted().toList()) {
          String script = folder + "/" + file.getFileName();
          SCRIPT_COMMENT
              .matcher(Sources.read(file))
              .results()
              .forEach(comment -> note(comment.group(1), script, script));
        }
      }
    }
  }

  /** A test method and the position of its text. */
  private record TestMethod(String name, long start, long end) {}

  /** Collects the methods of a file with a test annotation. */
  private static final class TestMethods extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<TestMethod> methods = new ArrayList<>();
    private String type = "";

    TestMethods(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public @Nullable Void visitClass(ClassTree tree, @Nullable Void unused) {
      String outer = type;
      type = outer.isEmpty() ? tree.getSimpleName().toString() : outer + "." + tree.getSimpleName();
      super.visitClass(tree, null);
      type = outer;
      return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
      if (method.getModifiers().getAnnotations().stream().anyMatch(TestMethods::marksTests)) {
        methods.add(
            new TestMethod(
                type + "#" + method.getName(),
                positions.getStartPosition(unit, method),
                positions.getEndPosition(unit, method)));
      }
      return super.visitMethod(method, null);
    }

    /** {@code @Test}, {@code @ParameterizedTest}, {@code @FuzzTest} and the like. */
    private static boolean marksTests(AnnotationTree annotation) {
      String name = annotation.getAnnotationType().toString();
      return name.endsWith("Test") || name.endsWith("TestFactory");
    }

    /** Returns the method that contains a comment or follows it. */
    @Nullable TestMethod of(LineComments.Comment comment, String text) {
      for (TestMethod method : methods) {
        boolean isAbove =
            comment.end() <= method.start()
                && LineComments.isBlank(text.substring(comment.end(), (int) method.start()));
        if (isAbove || (method.start() <= comment.start() && comment.start() < method.end())) {
          return method;
        }
      }
      return null;
    }
  }
}
