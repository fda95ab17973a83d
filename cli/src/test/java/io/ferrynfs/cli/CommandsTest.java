package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.base.ExitCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands with servers of directories. */
class CommandsTest {
  private static final long SPARSE_BYTES = 64L << 20;

  private CommandLab lab;
  private String server;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    lab = new CommandLab(folder);
    server = lab.serve("a");
  }

  @AfterEach
  void stop() throws IOException {
    lab.close();
  }

  private Path makeTree() throws IOException {
    Path tree = Files.createDirectories(lab.path("tree/inner"));
    Path file = Files.writeString(tree.resolve("file ä"), "some text\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x---"));
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_234_567_890_123L));
    Files.createLink(tree.resolve("second name"), file);
    Files.createSymbolicLink(tree.resolve("link"), Path.of("file ä"));
    Files.createDirectory(tree.resolve("empty"));
    try (RandomAccessFile sparse = new RandomAccessFile(tree.resolve("sparse").toFile(), "rw")) {
      sparse.setLength(SPARSE_BYTES);
      sparse.write(7);
    }
    Path locked = Files.createDirectory(tree.resolve("read only"));
    Files.writeString(locked.resolve("inside"), "x");
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    Files.setLastModifiedTime(tree, FileTime.fromMillis(987_654_321_000L));
    return lab.path("tree");
  }

  /** Returns the preserved properties of a tree, by path. */
  private static Map<String, String> properties(Path top) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(top)) {
      for (Path path : paths.toList()) {
        var unix = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
        boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        String content =
            Files.isSymbolicLink(path)
                ? Files.readSymbolicLink(path).toString()
                : directory ? "" : Integer.toHexString(List.of(Files.readString(path)).hashCode());
        lines.put(
            top.relativize(path).toString(),
            String.join(
                " ",
                unix.get("mode") + "",
                directory ? "" : unix.get("nlink") + "",
                directory ? "" : unix.get("size") + "",
                unix.get("lastModifiedTime") + "",
                content));
      }
    }
    return lines;
  }

  private long usedBytes(String name) {
    String json = CommandLab.run("stat", "--json", server + "/" + name).out();
    return Long.parseLong(json.replaceAll(".*\"usedBytes\":(\\d+).*\n", "$1"));
  }

  @Test
  void treeIsEqualAfterUploadServerCopyAndDownload() throws IOException {
    Path tree = makeTree();
    Result sent = CommandLab.run("cp", "-r", tree.toString(), server + "/sent");
    assertThat(sent.err()).isEmpty();
    assertThat(sent.exit()).isEqualTo(ExitCode.OK);
    assertThat(properties(lab.path("a/sent"))).isEqualTo(properties(tree));

    Result copied =
        CommandLab.run("cp", "-r", "--require-offload", server + "/sent", server + "/copied");
    assertThat(copied.err()).isEmpty();
    assertThat(copied.out()).contains("by the server");
    assertThat(properties(lab.path("a/copied"))).isEqualTo(properties(tree));
    assertThat(usedBytes("copied/inner/sparse")).isLessThan(SPARSE_BYTES / 8);

    Result fetched = CommandLab.run("cp", "-r", server + "/copied", lab.path("back").toString());
    assertThat(fetched.exit()).isEqualTo(ExitCode.OK);
    assertThat(properties(lab.path("back"))).isEqualTo(properties(tree));
  }

  @Test
  void streamedCopyPrintsTheReasonAndFailsWithRequireOffload() throws IOException {
    String other = lab.serve("b");
    Path local = Files.writeString(lab.path("a/file"), "payload");
    Result result = CommandLab.run("cp", "--stream", server + "/file", other + "/file");
    assertThat(result.out()).contains("through this client\n  because streaming was requested\n");
    assertThat(Files.readString(lab.path("b/file"))).isEqualTo("payload");

    Result refused = CommandLab.run("cp", "--require-offload", local.toString(), other + "/again");
    assertThat(refused.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.err()).contains("one side is local, so no server can copy it");
  }

  @Test
  void reflinkAlwaysFailsIfBlocksCannotBeShared() throws IOException {
    String other = lab.serve("b");
    Path local = Files.writeString(lab.path("a/file"), "payload");
    for (String[] places :
        new String[][] {
          {server + "/file", other + "/again"},
          {local.toString(), other + "/again"}
        }) {
      Result refused = CommandLab.run("cp", "--reflink=always", places[0], places[1]);
      assertThat(refused.exit()).as(places[0]).isEqualTo(ExitCode.FAILED);
      assertThat(refused.err()).containsAnyOf("cannot share the blocks", "one side is local");
    }
    assertThat(CommandLab.run("cp", "--reflink=auto", server + "/file", other + "/again").exit())
        .isEqualTo(ExitCode.OK);
    assertThat(CommandLab.run("cp", "--reflink=never", server + "/file", other + "/b").err())
        .contains("--reflink must be auto or always, not never");
    assertThat(
            CommandLab.run("cp", "--reflink=always", "--stream", server + "/file", other + "/b")
                .exit())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void catLsAndStatShowContentAndAttributes() throws IOException {
    Files.writeString(lab.path("a/file"), "hello\n");
    Files.createSymbolicLink(lab.path("a/link"), Path.of("file"));
    assertThat(CommandLab.run("cat", server + "/file", server + "/link"))
        .isEqualTo(new Result(ExitCode.OK, "hello\nhello\n", ""));
    assertThat(CommandLab.run("ls", server + "/").out().lines()).containsOnly("file", "link");
    assertThat(CommandLab.run("ls", "-l", server + "/").out()).contains("link -> file");
    assertThat(CommandLab.run("stat", server + "/file").out())
        .contains("-rw-", "6 bytes", "modified");
    assertThat(CommandLab.run("ls", "--json", server + "/file").out())
        .contains("\"name\":\"file\",\"type\":\"regular\"");
  }

  @Test
  void controlCharactersInNamesAreEscaped() throws IOException {
    Files.writeString(lab.path("a").resolve("evil\u001b[2J"), "");
    assertThat(CommandLab.run("ls", server + "/").out()).isEqualTo("evil\\x1b[2J\n");
  }

  @Test
  void mkdirMvAndRmChangeTheTree() throws IOException {
    assertThat(CommandLab.run("mkdir", "-p", server + "/x/y/z").exit()).isEqualTo(ExitCode.OK);
    assertThat(CommandLab.run("mkdir", server + "/x").exit()).isEqualTo(ExitCode.FAILED);
    Files.writeString(lab.path("a/x/file"), "1");
    assertThat(CommandLab.run("mv", server + "/x/file", server + "/x/y").exit())
        .isEqualTo(ExitCode.OK);
    assertThat(lab.path("a/x/y/file")).exists();
    assertThat(CommandLab.run("rm", server + "/x").exit()).isEqualTo(ExitCode.FAILED);
    assertThat(CommandLab.run("rm", "-r", server + "/x").exit()).isEqualTo(ExitCode.OK);
    assertThat(lab.path("a/x")).doesNotExist();
    assertThat(CommandLab.run("rm", "-f", server + "/x").exit()).isEqualTo(ExitCode.OK);
  }

  @Test
  void moveBetweenServersCopiesAndThenRemoves() throws IOException {
    String other = lab.serve("b");
    Files.createDirectory(lab.path("a/dir"));
    Files.writeString(lab.path("a/dir/file"), "moved");
    assertThat(CommandLab.run("mv", server + "/dir", other + "/dir").exit()).isEqualTo(ExitCode.OK);
    assertThat(Files.readString(lab.path("b/dir/file"))).isEqualTo("moved");
    assertThat(lab.path("a/dir")).doesNotExist();
  }

  @Test
  void copyIntoOrOntoItselfFails() throws IOException {
    Files.createDirectory(lab.path("a/dir"));
    Files.writeString(lab.path("a/file"), "kept");
    assertThat(CommandLab.run("cp", "-r", server + "/dir", server + "/dir/sub").err())
        .contains("into itself");
    assertThat(CommandLab.run("cp", server + "/file", server + "/file").err())
        .contains("same file");
    assertThat(Files.readString(lab.path("a/file"))).isEqualTo("kept");
  }

  @Test
  void exitCodeReportsTheKindOfFailure() {
    assertThat(CommandLab.run("cat", server + "/missing"))
        .isEqualTo(
            new Result(
                ExitCode.FAILED, "", "ferry: " + server + "/missing: no such file or directory\n"));
    assertThat(CommandLab.run("cat", "nfs://127.0.0.1:1/x").exit()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(CommandLab.run("ls", "nfs://:bad/").exit()).isEqualTo(ExitCode.USAGE);
    assertThat(CommandLab.run("no-such-command").exit()).isEqualTo(ExitCode.USAGE);
    assertThat(CommandLab.run("cp", "-j", "0", "a", "b").exit()).isEqualTo(ExitCode.USAGE);
  }

  // K-023: opening one name truncates the file, which neither server can know
  @Test
  void sourceThatChangesDuringAMoveIsReportedAndNotRemoved() throws IOException {
    String other = lab.serve("b");
    Path source = lab.path("a/file");
    for (List<String> arguments :
        List.of(
            List.of("cp", server + "/file", other + "/file"),
            List.of("cp", source.toString(), other + "/file"),
            List.of("mv", server + "/file", other + "/file"))) {
      Files.writeString(source, "some text\n");
      Files.deleteIfExists(lab.path("b/file"));
      Files.createLink(lab.path("b/file"), source);
      Result result = CommandLab.run(arguments.toArray(String[]::new));
      assertThat(result.err())
          .contains(
              arguments.get(1)
                  + ": changed while it was copied; the copy may mix old and new content\n");
      assertThat(result.out()).contains("1 changed while they were copied\n");
      assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
      assertThat(source).exists();
    }
  }

  // K-002
  @Test
  void treeIsCopiedFromServerToServer() throws IOException {
    String other = lab.serve("b");
    Path tree = makeTree();
    assertThat(CommandLab.run("cp", "-r", tree.toString(), server + "/tree").exit()).isZero();
    Result result =
        CommandLab.run("cp", "-r", "--require-offload", server + "/tree", other + "/tree");
    assertThat(result.err()).isEmpty();
    assertThat(result.exit()).isEqualTo(ExitCode.OK);
    assertThat(result.out())
        .contains("copied from server to server\n")
        .contains("0 B passed through this client\n");
    assertThat(properties(lab.path("b/tree"))).isEqualTo(properties(tree));
  }
}
