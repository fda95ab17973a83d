package io.ferrynfs.tidy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks docs/conformance.md, and the code that generates and checks it. */
class ConformanceTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void everyRuleIsProvedByATestOrListedAsOpen() {
    assertThat(Conformance.of(ROOT).problems())
        .as("run ./format, then fix the rest by hand")
        .isEmpty();
  }

  @Test
  void pageIsUpToDate() {
    assertThat(Sources.read(ROOT.resolve(Conformance.PAGE)))
        .as("run ./format")
        .isEqualTo(Conformance.of(ROOT).page());
  }

  @Test
  void testProvesTheRulesNamedInItOrDirectlyAboveIt(@TempDir Path root) throws Exception {
    repository(
        root,
        rule("C-001", "M", "3", "", "server.Copy") + rule("C-002", "J", "3", "", "server.Copy"),
        """
        class CopyTest {
          // C-001
          @Test
          void above() {}

          @Test // C-001
          void beside() {}

          @org.junit.jupiter.params.ParameterizedTest
          void inside(int x) {
            String url = "nfs://C-002";
            assertThat(x); // because of C-002, as said
          }
        }
        """);
    Conformance conformance = Conformance.of(root);
    assertThat(conformance.problems()).isEmpty();
    assertThat(conformance.page())
        .contains(
            "| C-001 | M | 3 | what | RFC | `server.Copy` | `CopyTest#above`<br>`CopyTest#beside`"
                + " |\n"
                + "| C-002 | J | 3 | what | RFC | `server.Copy` | `CopyTest#inside` |");
  }

  @Test
  void requiredRuleHasATestOrIsOpen(@TempDir Path root) throws Exception {
    repository(
        root,
        rule("C-001", "M", "3", "", "-")
            + rule("C-002", "M", "3", "open", "-")
            + rule("C-003", "D", "2", "open", "server.Copy")
            + rule("C-004", "J", "3", "", "-")
            + rule("C-005", "M", "4", "open", "-")
            + rule("B1", "bug", "3", "", "-"),
        """
        class CopyTest {
          @Test // C-003
          void proves() {}
        }
        """);
    assertThat(Conformance.of(root).problems())
        .containsExactly(
            "C-001 has no test: write one, or mark it as open in tidy/rules.tsv",
            "C-003 has a test and is no longer open",
            "C-005 is open, but its issue and strength do not require it",
            "B1 has no test: write one, or mark it as open in tidy/rules.tsv");
  }

  @Test
  void ruleWithATestNamesAnExistingClass(@TempDir Path root) throws Exception {
    repository(
        root,
        rule("C-001", "M", "3", "", "-")
            + rule("C-002", "M", "3", "open", "server.Gone")
            + rule("W-001", "M", "3", "", "nfs4/copy.x")
            + rule("W-002", "M", "3", "", "nfs4/gone.x"),
        """
        class CopyTest {
          @Test // C-001, W-001, W-002
          void proves() {}
        }
        """);
    assertThat(Conformance.of(root).problems())
        .containsExactly(
            "C-001 has a test; name the class that implements it in tidy/rules.tsv",
            "C-002: server.Gone does not exist",
            "W-002: nfs4/gone.x does not exist");
  }

  @Test
  void commentNamesExistingRulesIndividuallyWithinATest(@TempDir Path root) throws Exception {
    repository(
        root,
        rule("C-001", "J", "3", "", "server.Copy") + rule("C-002", "J", "3", "", "server.Copy"),
        """
        class CopyTest {
          @Test // C-001 to C-002, C-999
          void proves() {}

          // C-001
          private void helper() {}
        }
        """);
    String file = "server/src/test/java/io/ferrynfs/server/CopyTest.java";
    assertThat(Conformance.of(root).problems())
        .containsExactly(
            file + ": name each rule, not a range: C-001 to C-002, C-999",
            file + ": not in or above a test method: C-001",
            "C-999 is not a rule, but is named by [CopyTest#proves]");
  }

  @Test
  void interopScriptProvesRules(@TempDir Path root) throws Exception {
    repository(root, rule("C-001", "M", "3", "open", "server.Copy"), "class CopyTest {}");
    Files.writeString(
        root.resolve("interop/guest/copy.sh"), "#!/bin/sh\n# C-001\ncp a b # twice\n");
    assertThat(Conformance.of(root).rewrite()).containsExactly(Conformance.RULES, Conformance.PAGE);
    Conformance after = Conformance.of(root);
    assertThat(after.problems()).isEmpty();
    assertThat(after.rewrite()).isEmpty();
    assertThat(after.page()).contains("`interop/guest/copy.sh`");
  }

  @Test
  void invalidLineIsReported() {
    for (String line : List.of("C-001", rule("C-001", "X", "3", "", "-").strip())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Rule.parse(Rule.HEADER + "\n" + line + "\n"))
          .withMessage("not a rule: " + line);
    }
  }

  @Test
  void explainedFailureOfPynfsIsOnThePage(@TempDir Path root) throws Exception {
    repository(root, "", "class CopyTest {}");
    write(root, Conformance.SUITE, ExplainedFailure.HEADER + "\n1,2\tEID4\t8881 18.35\tnot so\n");
    assertThat(Conformance.of(root).page()).endsWith("\n| EID4 | 1,2 | not so | 8881 18.35 |\n");
  }

  @Test
  void failureWithoutASectionIsRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ExplainedFailure.parse(ExplainedFailure.HEADER + "\n1\tEID4\t\tso\n"))
        .withMessage("not an explained failure: 1\tEID4\t\tso");
    assertThatIllegalArgumentException().isThrownBy(() -> ExplainedFailure.parse("EID4\n"));
  }

  private static String rule(String id, String strength, String issue, String open, String place) {
    return String.join("\t", id, strength, issue, open, place, "what", "RFC") + "\n";
  }

  /** Writes a repository with some rules, one class, one schema and one test. */
  private static void repository(Path root, String rules, String test) throws Exception {
    write(root, Conformance.RULES, Rule.HEADER + "\n" + rules);
    write(root, "server/src/main/java/io/ferrynfs/server/Copy.java", "class Copy {}");
    write(root, "server/src/test/java/io/ferrynfs/server/CopyTest.java", test);
    write(root, "wire/src/main/xdr/nfs4/copy.x", "");
    write(root, Conformance.SUITE, ExplainedFailure.HEADER + "\n");
    Files.createDirectories(root.resolve("docs"));
    Files.createDirectories(root.resolve("interop/tests"));
    Files.createDirectories(root.resolve("interop/guest"));
  }

  private static void write(Path root, String name, String text) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
