package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.base.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that {@code cp} and {@code mv} replace or keep, as in GNU coreutils. */
class OverwritingTest {
  private CommandLab lab;
  private String one;
  private String other;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    lab = new CommandLab(folder);
    one = lab.serve("one");
    other = lab.serve("other");
  }

  @AfterEach
  void stop() throws IOException {
    lab.close();
  }

  private Path file(String path, String content) throws IOException {
    Path file = lab.path(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  /** Returns pairs of source directories and target directories, local and remote. */
  private List<List<String>> routes() {
    String here = lab.path("here").toString();
    return List.of(
        // By a rename, by a copy to a server, inside a server, and between two servers.
        List.of(here + "/local", here + "/local"),
        List.of(here + "/local", other),
        List.of(one, one),
        List.of(one, other));
  }

  private Path place(String place) {
    return place.equals(one)
        ? lab.path("one")
        : place.equals(other) ? lab.path("other") : Path.of(place);
  }

  @Test
  void twoSourcesWithOneNameDoNotBecomeOneFile() throws IOException {
    for (String command : List.of("mv", "cp")) {
      for (List<String> route : routes()) {
        String from = route.getFirst();
        Path source = Files.createDirectories(place(from));
        Path target = Files.createDirectories(place(route.getLast()).resolve(command + "-d"));
        Path first = Files.createDirectories(source.resolve("1")).resolve("a");
        Path second = Files.createDirectories(source.resolve("2")).resolve("a");
        Files.writeString(first, "ONE");
        Files.writeString(second, "TWO");
        String end = route.getLast() + "/" + command + "-d";
        Result result = CommandLab.run(command, "-q", from + "/1/a", from + "/2/a", end);
        assertThat(result)
            .as(command + " " + route)
            .isEqualTo(
                new Result(
                    ExitCode.FAILED,
                    "",
                    (command.equals("mv") && !from.equals(route.getLast())
                            ? "ferry: not everything was copied, so nothing was removed\n"
                            : "")
                        + "ferry: "
                        + from
                        + "/2/a: would overwrite "
                        + end
                        + "/a, which this command has just made\n"));
        assertThat(target.resolve("a")).hasContent("ONE");
        assertThat(second).hasContent("TWO");
      }
    }
  }

  @Test
  void treesAreMergedExceptForFilesOfTheSameName() throws IOException {
    file("a/d/x", "ONE");
    file("b/d/x", "TWO");
    file("b/d/y", "Y");
    String from = lab.path("").toString();
    Result result = CommandLab.run("cp", "-q", "-r", from + "/a/.", from + "/b/.", other);
    assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err())
        .contains("b/./d/x: would overwrite " + other + "/d/x, which this command has just made");
    assertThat(lab.path("other/d/x")).hasContent("ONE");
    assertThat(lab.path("other/d/y")).hasContent("Y");
  }

  @Test
  void fileFromBeforeTheCommandIsReplaced() throws IOException {
    file("other/a", "OLD");
    file("other/b", "OLD");
    String a = file("a", "NEW").toString();
    String b = file("b", "NEW").toString();
    assertThat(CommandLab.run("cp", "-q", a, b, other).exit()).isEqualTo(ExitCode.OK);
    assertThat(lab.path("other/a")).hasContent("NEW");
    assertThat(lab.path("other/b")).hasContent("NEW");
  }

  @Test
  void directoryIsNotMovedOntoANonEmptyDirectory() throws IOException {
    file("d/x", "NEW");
    file("other/d/x", "OLD");
    String d = lab.path("d").toString();
    assertThat(CommandLab.run("mv", "-q", d, other))
        .isEqualTo(
            new Result(
                ExitCode.FAILED,
                "",
                "ferry: "
                    + d
                    + ": cannot replace "
                    + other
                    + "/d, a directory that is not empty\n"));
    assertThat(lab.path("d/x")).hasContent("NEW");
    assertThat(lab.path("other/d/x")).hasContent("OLD");
    Files.delete(lab.path("other/d/x"));
    assertThat(CommandLab.run("mv", "-q", d, other).exit()).isEqualTo(ExitCode.OK);
    assertThat(lab.path("other/d/x")).hasContent("NEW");
    assertThat(lab.path("d")).doesNotExist();
  }

  @Test
  void hardLinkToAFileThatWasNotCopiedFails() throws IOException {
    file("tree/a", "A");
    Files.createLink(lab.path("tree/b"), lab.path("tree/a"));
    // The first name in either order finds a directory at its destination.
    Files.createDirectories(lab.path("other/tree/a"));
    Files.createDirectories(lab.path("other/tree/b"));
    Result result = CommandLab.run("cp", "-q", "-r", lab.path("tree").toString(), other);
    assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("is a hard link to " + other + "/tree/");
  }
}
