package io.ferrynfs.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks the language of all sources against docs/style.md. */
class WordsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern WORD = Pattern.compile("(?m)^\\| `([^`]+)` \\|");
  private static final Pattern CAMEL_CASE =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

  /** A citation in another format than "RFC 8881 section 2.10" and "RFC 8881 sections 2 and 3". */
  private static final Pattern CITATION =
      Pattern.compile(
          "RFC ?\\d{4},? (?:\\d+\\.|§|sec\\.|Section|Appendix|chapter)"
              + "|RFC-\\d{4}"
              + "|\\bsection \\d+(?:\\.\\d+)* and \\d");

  private final Sources sources = new Sources(ROOT);

  /** Returns the words that do not come back, as a pattern. */
  static Pattern rejected() {
    String table = Sources.read(ROOT.resolve("docs/style.md"));
    table = table.substring(table.indexOf("## Words that do not come back"));
    String words =
        WORD.matcher(table).results().map(m -> m.group(1)).collect(Collectors.joining("|"));
    return Pattern.compile("\\b(" + words + ")\\b", Pattern.CASE_INSENSITIVE);
  }

  private List<Path> texts() throws IOException {
    List<Path> texts = new ArrayList<>(sources.javaFiles());
    texts.addAll(sources.interopFiles());
    try (Stream<Path> schemas = Files.walk(ROOT.resolve("wire/src/main/xdr"))) {
      schemas.filter(Files::isRegularFile).forEach(texts::add);
    }
    texts.add(ROOT.resolve("tidy/rules.tsv"));
    return texts;
  }

  private List<String> found(Pattern pattern, boolean splitsIdentifiers) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : texts()) {
      int number = 0;
      for (String line : Sources.read(file).lines().toList()) {
        number++;
        String words = splitsIdentifiers ? CAMEL_CASE.matcher(line).replaceAll(" ") : line;
        for (MatchResult match : pattern.matcher(words).results().toList()) {
          found.add(sources.name(file) + ":" + number + ": " + match.group());
        }
      }
    }
    return found;
  }

  @Test
  void noSourceHasARejectedWordInAnIdentifierOrAComment() throws IOException {
    assertThat(found(rejected(), true)).isEmpty();
  }

  @Test
  void everyCitationOfAnRfcHasOneFormat() throws IOException {
    assertThat(found(CITATION, false)).isEmpty();
  }
}
