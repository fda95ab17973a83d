package io.ferrynfs.tidy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;

/**
 * What Ferry has to do, where that is done, and which test proves it: {@code tidy/rules.tsv} and
 * the comments of the tests, put together as {@code docs/conformance.md}, with what pynfs asks in
 * vain.
 */
final class Conformance {
  static final String RULES = "tidy/rules.tsv";
  static final String SUITE = "interop/pynfs.tsv";
  static final String PAGE = "docs/conformance.md";

  private final Path root;
  private final List<Rule> rules;
  private final Proofs proofs;

  private Conformance(Path root, List<Rule> rules, Proofs proofs) {
    this.root = root;
    this.rules = rules;
    this.proofs = proofs;
  }

  /** That of the repository in this folder. */
  static Conformance of(Path root) {
    return new Conformance(root, Rule.parse(Sources.read(root.resolve(RULES))), Proofs.in(root));
  }

  /**
   * Takes the rules that have a test now from the open ones, and writes the page.
   *
   * @return the files that were not as they should be
   */
  List<String> rewrite() throws IOException {
    List<Rule> closed =
        rules.stream().map(rule -> rule.open() && hasTest(rule) ? rule.closed() : rule).toList();
    StringBuilder lines = new StringBuilder(Rule.HEADER).append('\n');
    closed.forEach(rule -> lines.append(rule.line()).append('\n'));
    List<String> written = new ArrayList<>();
    write(RULES, lines.toString(), written);
    write(PAGE, new Conformance(root, closed, proofs).page(), written);
    return written;
  }

  private void write(String name, String text, List<String> written) throws IOException {
    Path file = root.resolve(name);
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
      written.add(name);
    }
  }

  /** What the page has to say. */
  String page() {
    return ConformancePage.of(
        rules, proofs.testsByRule(), ExplainedFailure.parse(Sources.read(root.resolve(SUITE))));
  }

  /** Everything that makes the page untrue, a sentence each. */
  List<String> problems() {
    List<String> problems = new ArrayList<>(proofs.problems());
    Set<String> ids = new HashSet<>();
    for (Rule rule : rules) {
      if (!ids.add(rule.id())) {
        problems.add(rule.id() + " is twice in " + RULES);
      }
      check(rule, problems);
    }
    for (Map.Entry<String, SortedSet<String>> named : proofs.testsByRule().entrySet()) {
      if (!ids.contains(named.getKey())) {
        problems.add(named.getKey() + " is no rule, but named by " + named.getValue());
      }
    }
    return problems;
  }

  private void check(Rule rule, List<String> problems) {
    if (!rule.place().equals(Rule.NONE) && !exists(rule.place())) {
      problems.add(rule.id() + ": there is no " + rule.place());
    }
    if (hasTest(rule)) {
      if (rule.open()) {
        problems.add(rule.id() + " has a test and is not open any more");
      }
      if (rule.place().equals(Rule.NONE)) {
        problems.add(rule.id() + " has a test; name the class that does it in " + RULES);
      }
    } else if (rule.isDue() != rule.open()) {
      problems.add(
          rule.id()
              + (rule.open()
                  ? " is open, but not due by its issue and strength"
                  : " has no test: write one, or say open in " + RULES));
    }
  }

  private boolean hasTest(Rule rule) {
    return proofs.testsByRule().containsKey(rule.id());
  }

  private boolean exists(String place) {
    if (place.endsWith(".x")) {
      return Files.exists(root.resolve("wire/src/main/xdr").resolve(place));
    }
    String file = "src/main/java/io/ferrynfs/" + place.replace('.', '/') + ".java";
    try (Stream<Path> modules = Files.list(root)) {
      return modules.anyMatch(module -> Files.exists(module.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
