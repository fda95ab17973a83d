package io.ferrynfs.tidy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes {@code docs/conformance.md}. */
final class ConformancePage {
  private static final String INTRODUCTION =
      """
      # Conformance

      A rule id such as C-026 is a row of this page: one requirement on copies, with the class that implements it and the tests that prove it. The
      letter is the subject (W: the wire, T: stateids, C: COPY, …, see the headings); B and a number is a bug of another implementation that Ferry
      must not have. Tests name the rules that they prove in a comment: `// C-026, B13`, and `# C-026` in `interop`.

      `./format` writes this page from `tidy/rules.tsv` and those comments. `mvn verify` fails if the page is stale, if a test names an unknown rule, or if a rule
      that is due has neither a test nor the word **open**.

      Strength: **M** MUST in an RFC, **S** SHOULD, **m** other text of an RFC, **D** draft-cel-nfsv4-copy-implementation-experience-03 (cel-03),
      **v3** the Linux series "[PATCH v3 00/42] NFS/NFSD support for async and inter COPY" (series), **L** behavior of Linux, **J** a proposal.
      Rules of strength M, D and v3 and the bugs are due. Sources are RFC numbers with sections. Classes are without the leading `io.ferrynfs`; `.x` files are
      schemas in `wire/src/main/xdr`.

      """;

  private static final String SUITE =
      """

      ## Real peers

      | peer or suite | command | coverage |
      |---|---|---|
      | Linux 6.1 (Debian 12) as client and as knfsd | `interop/run --kernel stock` | every script of `interop/tests`; an asynchronous COPY and its CB_OFFLOAD, no OFFLOAD_STATUS; a source for copies between servers |
      | Linux 7.2 (Debian sid, fetched) as client and as knfsd | `interop/run --kernel newest` | the same scripts; OFFLOAD_STATUS polled by the client; CB_OFFLOAD with a stateid of zeros by its knfsd; GET_DIR_DELEGATION and open_arguments asked for; zeros by DEALLOCATE and ALLOCATE |
      | Linux 6.12 (Debian 13, fetched) as client and as knfsd | `interop/run --kernel 6.12` | the same scripts; not run by CI |
      | Linux 6.1 and 6.12, built, knfsd as a destination | `interop/run --built` | a Linux destination that reads from Ferry, and READ_PLUS; not run by CI |
      | nfs-ganesha | `interop/run ganesha` | our client against a server in user space |
      | pynfs | `interop/pynfs CHECKOUT` | operations one by one, and restarts of the server; see below |
      | pjdfstest | `interop/suite pjdfstest CHECKOUT` | POSIX semantics through a mount of Linux 7.2, beside knfsd: 8,797 of 8,798; the one that fails, unlink/14.t 4, fails on knfsd, too (`interop/suite.tsv` says why) |
      | nfs-conformance | `interop/suite nfs-conformance CHECKOUT` | the same: 415 of 415, and knfsd 415 of 415 |

      ## pynfs

      `interop/pynfs CHECKOUT` runs the public suite for NFSv4.1 servers, `all` of it, for minor versions 1 and 2, and its restarts of the server. The
      following tests fail (`interop/pynfs.tsv`) because they require what the paragraph does not. Any other failure is a bug of Ferry.

      | test | minor versions | why | source |
      |---|---|---|---|
      """;

  /** The chapter titles by the prefixes of the rule ids. B without a hyphen is a bug. */
  private static final SequencedMap<String, String> TITLES = new LinkedHashMap<>();

  static {
    TITLES.put("W-", "On the wire");
    TITLES.put("F-", "What belongs together");
    TITLES.put("T-", "Stateids");
    TITLES.put("C-", "COPY at the destination");
    TITLES.put("I-", "COPY between servers, at the destination");
    TITLES.put("A-", "Asynchronous COPY");
    TITLES.put("N-", "COPY_NOTIFY at the source");
    TITLES.put("X-", "OFFLOAD_CANCEL");
    TITLES.put("S-", "OFFLOAD_STATUS");
    TITLES.put("B-", "CB_OFFLOAD at the client");
    TITLES.put("K-", "The client that copies");
    TITLES.put("L-", "CLONE");
    TITLES.put("P-", "Holes and space");
    TITLES.put("E-", "Sessions, backchannel, leases");
    TITLES.put("D-", "Durability");
    TITLES.put("Z-", "Security");
    TITLES.put("B", "Bugs that others had");
  }

  private final List<Rule> rules;
  private final Map<String, SortedSet<String>> tests;
  private final StringBuilder out = new StringBuilder(INTRODUCTION);

  private ConformancePage(List<Rule> rules, Map<String, SortedSet<String>> tests) {
    this.rules = rules;
    this.tests = tests;
  }

  static String of(
      List<Rule> rules, Map<String, SortedSet<String>> tests, List<ExplainedFailure> explained) {
    ConformancePage page = new ConformancePage(rules, tests);
    page.summary();
    TITLES.forEach(page::chapter);
    page.suite(explained);
    return page.out.toString();
  }

  private void summary() {
    out.append(
        "| due by issue | rules | proved | open | not binding or not yet due, without test |\n");
    out.append("|---|---|---|---|---|\n");
    for (String issue : new TreeSet<>(rules.stream().map(Rule::issue).toList())) {
      List<Rule> own = rules.stream().filter(rule -> rule.issue().equals(issue)).toList();
      long proved = own.stream().filter(this::hasTest).count();
      long open = own.stream().filter(Rule::open).count();
      row(
          issue.equals(Rule.NONE) ? "none: not done" : issue,
          String.valueOf(own.size()),
          String.valueOf(proved),
          String.valueOf(open),
          String.valueOf(own.size() - proved - open));
    }
  }

  private void chapter(String prefix, String title) {
    out.append("\n## ").append(title).append("\n\n");
    out.append("| rule | strength | issue | what | source | class | tests |\n");
    out.append("|---|---|---|---|---|---|---|\n");
    rules.stream()
        .filter(rule -> rule.id().replaceAll("\\d", "").equals(prefix))
        .forEach(rule ->
            row(
                rule.id(),
                rule.strength(),
                rule.issue(),
                rule.summary(),
                rule.source(),
                rule.place().equals(Rule.NONE) ? "" : "`" + rule.place() + "`",
                proof(rule)));
  }

  private void suite(List<ExplainedFailure> explained) {
    out.append(SUITE);
    for (ExplainedFailure failure : explained) {
      row(failure.test(), failure.minorVersions(), failure.why(), failure.source());
    }
  }

  private String proof(Rule rule) {
    if (rule.open()) {
      return "**open**";
    }
    return tests.getOrDefault(rule.id(), new TreeSet<>()).stream()
        .map(test -> "`" + test + "`")
        .collect(Collectors.joining("<br>"));
  }

  private boolean hasTest(Rule rule) {
    return tests.containsKey(rule.id());
  }

  private void row(String... cells) {
    out.append('|');
    for (String cell : cells) {
      out.append(cell.isEmpty() ? "" : " " + cell).append(" |");
    }
    out.append('\n');
  }
}
