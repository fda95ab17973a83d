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
 * The conformance rules, the classes that implement them and the tests that prove them. It combines
 * {@code tidy/rules.tsv}, the comments of the tests and the explained failures of pynfs to {@code
 * docs/conformance.md}.
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

  /** Returns the conformance of the repository in a directory. */
  static Conformance of(Path root) {
    return new Conformance(root, Rule.parse(Sources.read(root.resolve(RULES))), Proofs.in(root));
  }

  /**
   * Closes the open rules that have a test, and writes the page.
   *
   * @return the files that changed
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

  /** Returns the text of the page. */
  String page() {
    return ConformancePage.of(
        rules, proofs.testsByRule(), ExplainedFailure.parse(Sources.read(root.resolve(SUITE))));
  }

  /** Returns the inconsistencies between the rules and the tests, one sentence each. */
  List<String> problems() {
    List<String> problems = new ArrayList<>(proofs.problems());
    Set<String> ids = new HashSet<>();
    for (Rule rule : rules) {
      if (!ids.add(rule.id())) {
        problems.add(rule.id() + " is duplicated in " + RULES);
      }
      check(rule, problems);
    }
    for (Map.Entry<String, SortedSet<String>> named : proofs.testsByRule().entrySet()) {
      if (!ids.contains(named.getKey())) {
        problems.add(named.getKey() + " is not a rule, but is named by " + named.getValue());
      }
    }
    return problems;
  }

  private void check(Rule rule, List<String> problems) {
    if (!rule.place().equals(Rule.NONE) && !exists(rule.place())) {
      problems.add(rule.id() + ": " + rule.place() + " does not exist");
    }
    if (hasTest(rule)) {
      if (rule.open()) {
        problems.add(rule.id() + " has a test and is no longer open");
      }
      if (rule.place().equals(Rule.NONE)) {
        problems.add(rule.id() + " has a test; name the class that implements it in " + RULES);
      }
    } else if (rule.isDue() != rule.open()) {
      problems.add(
          rule.id()
              + (rule.open()
                  ? " is open, but its issue and strength do not require it"
                  : " has no test: write one, or mark it as open in " + RULES));
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
