package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.base.ByteText;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.place.LocalPlace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Command lines, valid and invalid. */
class UsageTest {
  @TempDir private Path folder;

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private static String usageError(String... arguments) {
    Result result = CommandLab.run(arguments);
    assertThat(result.exit()).isEqualTo(ExitCode.USAGE);
    return result.err();
  }

  @Test
  void optionsMayFollowPlaces() throws IOException {
    String a = file("a", "A");
    String b = file("b", "B");
    Files.createDirectory(folder.resolve("d"));
    for (List<String> words :
        List.of(
            List.of("cp", a, b, "-q", path("d")),
            List.of("cp", a, "-q", path("d/a")),
            List.of("cp", "-q", a, path("d"), "-r"))) {
      assertThat(CommandLab.run(words.toArray(String[]::new)))
          .as(words.toString())
          .isEqualTo(new Result(ExitCode.OK, "", ""));
    }
    assertThat(usageError("cp", a, "-q")).isEqualTo("ferry: missing target after " + a + "\n");
    assertThat(usageError("mv", a)).isEqualTo("ferry: missing target after " + a + "\n");
  }

  @Test
  void unknownCommandIsNamed() {
    assertThat(usageError("nosuch", "x"))
        .isEqualTo("ferry: no such command: nosuch\nTry 'ferry --help'.\n");
  }

  @Test
  void messageOfTheParserBeginsLikeTheOthers() {
    assertThat(usageError("ls", "--nosuch", "."))
        .isEqualTo("ferry: unknown option: '--nosuch'\nTry 'ferry ls --help'.\n");
    assertThat(usageError("stats"))
        .isEqualTo("ferry: missing required parameter: 'SERVER'\nTry 'ferry stats --help'.\n");
  }

  @Test
  void addressThatCannotBeListenedOnIsExplained() throws IOException {
    Files.createDirectory(folder.resolve("served"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(listen("127.0.0.1:" + taken.getLocalPort()))
          .endsWith("; choose another port\n")
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
    assertThat(listen("192.0.2.1:0"))
        .startsWith("ferry: cannot listen on 192.0.2.1:0: ")
        .endsWith("; the address must be one of this machine\n");
  }

  private String listen(String address) {
    Result result =
        CommandLab.run("serve", path("served"), "--state", path("state"), "--listen", address);
    assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
    return result.err();
  }

  @Test
  void copyOfNoBytesReportsNoRate() throws IOException {
    Result result = CommandLab.run("cp", file("empty", ""), path("copy"));
    assertThat(result.exit()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).containsPattern("(?m)^0 B in [0-9.]+ s$");
  }

  @Test
  void emptyDirectoryArgumentIsAUsageError() {
    assertThat(usageError("serve", "")).isEqualTo("ferry: an empty argument names no directory\n");
    assertThat(usageError("serve", "/x=")).isEqualTo("ferry: /x= names no directory\n");
    assertThat(usageError("serve", ".", "--listen", "127.0.0.1:70000"))
        .isEqualTo("ferry: no port between 0 and 65535 in 127.0.0.1:70000\n");
  }

  @Test
  void scpAndMountNotationGetsAHint() {
    assertThat(usageError("ls", "user@host:/x"))
        .isEqualTo(
            "ferry: user@host:/x: a server is named nfs://host/x (a local file of that name is"
                + " ./user@host:/x)\n");
    assertThat(usageError("ls", "nfs:/host/x"))
        .isEqualTo(
            "ferry: nfs:/host/x: a server is named nfs://host/x (a local file of that name is"
                + " ./nfs:/host/x)\n");
  }

  @Test
  void trailingSlashAfterAFileIsAnError() throws IOException {
    String a = file("a", "A");
    assertThat(CommandLab.run("cp", "-q", a + "/", path("b")))
        .isEqualTo(new Result(ExitCode.FAILED, "", "ferry: " + a + ": is not a directory\n"));
    assertThat(CommandLab.run("stat", a + "/"))
        .isEqualTo(new Result(ExitCode.FAILED, "", "ferry: " + a + ": is not a directory\n"));
    assertThat(folder.resolve("b")).doesNotExist();
  }

  @Test
  void loopOfSymbolicLinksIsReported() throws IOException {
    Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    assertThat(CommandLab.run("cat", path("a")).err())
        .isEqualTo("ferry: " + path("a") + ": too many levels of symbolic links\n");
    assertThat(CommandLab.run("ls", path("a/x")).err())
        .isEqualTo("ferry: " + path("a/x") + ": too many levels of symbolic links\n");
  }

  @Test
  void mkdirAppliesTheUmask() throws IOException {
    assertThat(CommandLab.run("mkdir", path("d")).exit()).isEqualTo(ExitCode.OK);
    assertThat(CommandLab.run("mkdir", "-m", "705", path("e")).exit()).isEqualTo(ExitCode.OK);
    Path made = Files.createDirectory(folder.resolve("as"));
    assertThat(Files.getPosixFilePermissions(folder.resolve("d")))
        .isEqualTo(Files.getPosixFilePermissions(made));
    assertThat(Files.getPosixFilePermissions(folder.resolve("e")))
        .isEqualTo(PosixFilePermissions.fromString("rwx---r-x"));
    assertThat(Machine.umask()).isBetween(0, 0777);
  }

  @Test
  void attributeNameThatIsNotUtf8IsValidJson() throws IOException {
    String a = file("a", "A");
    byte[] name = {'b', (byte) 0xe8};
    try (LocalPlace place = LocalPlace.of(a.getBytes(StandardCharsets.UTF_8))) {
      if (!place.setXattr(ByteText.of(name), new byte[] {'n'}, null)) {
        return;
      }
      assertThat(place.setXattr("text", "0x6e".getBytes(StandardCharsets.UTF_8), null)).isTrue();
    }
    assertThat(CommandLab.run("stat", "--json", a).out())
        .contains("\"xattrs\":{\"text\":\"MHg2ZQ==\"},\"xattrsBase64\":{\"Yug=\":\"bg==\"}}");
    assertThat(CommandLab.run("stat", a).out()).contains("xattr     text = 0x30783665\n");
    assertThat(Json.object(Map.of("k", "\udce8"))).isEqualTo("{\"k\":\"\\udce8\"}");
  }

  @Test
  void fileThatReportsALargerSizeCountsAsUnchanged() throws IOException {
    Path sys = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    if (!Files.isReadable(sys)) {
      return;
    }
    assertThat(CommandLab.run("cp", "-q", sys.toString(), path("copy")))
        .isEqualTo(new Result(ExitCode.OK, "", ""));
    assertThat(folder.resolve("copy")).hasContent(Files.readString(sys));
  }

  @Test
  void fullDiskIsReportedForTheTarget() throws IOException {
    String a = file("a", "A");
    assertThat(CommandLab.run("cp", "-q", a, "/dev/full"))
        .isEqualTo(
            new Result(
                ExitCode.FAILED,
                "",
                "ferry: " + a + ": cannot write /dev/full: no space left on device\n"));
  }

  @Test
  void holesDoNotCountAsBytesThroughTheClient() throws IOException {
    Path sparse = folder.resolve("sparse");
    try (FileChannel file =
        FileChannel.open(sparse, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {1}), 64L << 20);
    }
    String out = CommandLab.run("cp", "--json", sparse.toString(), path("copy")).out();
    assertThat(out).contains("\"bytes\":" + ((64L << 20) + 1));
    assertThat(out).doesNotContain("\"bytesThroughClient\":" + ((64L << 20) + 1));
  }

  @Test
  void treeOfNineHundredLevelsIsCopiedAndRemoved() throws Exception {
    Path deep = Files.createDirectory(folder.resolve("deep"));
    String inside = "d/".repeat(900);
    Files.createDirectories(deep.resolve(inside));
    Files.writeString(deep.resolve(inside).resolve("leaf"), "x");
    assertThat(process("cp", "-q", "-r", deep.toString(), path("copy"))).isEmpty();
    assertThat(folder.resolve("copy").resolve(inside).resolve("leaf")).hasContent("x");
    assertThat(process("rm", "-r", deep.toString(), path("copy"))).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  /** Runs the command in a new process, because of its deep stack. Returns its output. */
  private static String process(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "io.ferrynfs.cli.Ferry"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
