package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.base.ByteText;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.copy.CopySettings;
import io.ferrynfs.cli.copy.TreeCopy;
import io.ferrynfs.cli.place.FileInfo;
import io.ferrynfs.cli.place.FileKind;
import io.ferrynfs.cli.place.LocalPlace;
import io.ferrynfs.cli.place.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Local files beyond plain ones: arbitrary bytes in names, all types, extreme times. */
class LocalFilesTest {
  private static final byte[] GRAVE = {'c', 'a', 'f', (byte) 0xe8};
  private static final byte[] ACUTE = {'c', 'a', 'f', (byte) 0xe9};

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

  private LocalPlace place(String path, byte[]... names) throws IOException {
    byte[] bytes = lab.path(path).toString().getBytes(StandardCharsets.UTF_8);
    String text = ByteText.of(bytes);
    for (byte[] name : names) {
      text += "/" + ByteText.of(name);
    }
    return LocalPlace.of(ByteText.bytes(text));
  }

  private void write(LocalPlace place, String content) throws IOException {
    try (place;
        var out = place.write(0600)) {
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String read(Place place) throws IOException {
    try (var in = place.read()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void namesThatAreNotUtf8StayDistinctInBothDirections() throws IOException {
    Files.createDirectory(lab.path("tree"));
    write(place("tree", GRAVE), "grave");
    write(place("tree", ACUTE), "acute");
    try (LocalPlace link = place("tree", "link".getBytes(StandardCharsets.UTF_8))) {
      assertThat(link.makeSymlink(GRAVE).kind()).isEqualTo(FileKind.SYMLINK);
    }
    String tree = lab.path("tree").toString();
    assertThat(CommandLab.run("mv", tree, server + "/sent").exit()).isEqualTo(ExitCode.OK);
    assertThat(lab.path("tree")).doesNotExist();
    assertThat(CommandLab.run("cp", "-r", server + "/sent", lab.path("back").toString()).exit())
        .isEqualTo(ExitCode.OK);
    try (LocalPlace grave = place("back", GRAVE);
        LocalPlace acute = place("back", ACUTE);
        LocalPlace link = place("back", "link".getBytes(StandardCharsets.UTF_8))) {
      assertThat(read(grave)).isEqualTo("grave");
      assertThat(read(acute)).isEqualTo("acute");
      assertThat(link.readSymlink()).isEqualTo(GRAVE);
    }
    assertThat(CommandLab.run("ls", server + "/sent").out().lines())
        .containsExactlyInAnyOrder("caf\\xe8", "caf\\xe9", "link");
    assertThat(CommandLab.run("stat", "--json", server + "/sent/link").out())
        .contains("\"target\":\"caf\ufffd\",\"targetBase64\":\"Y2Fm6A==\"");
    assertThat(CommandLab.run("ls", "--json", server + "/sent").out())
        .contains("\"nameBase64\":\"Y2Fm6A==\"", "\"nameBase64\":\"Y2Fm6Q==\"");
    String argument = ByteText.of(ByteText.bytes(server + "/sent/")) + ByteText.of(GRAVE);
    assertThat(CommandLab.run("cat", argument).out()).isEqualTo("grave");
  }

  @Test
  void argumentsKeepTheBytesOfTheCommandLine() {
    byte[] line = {'j', 0, '-', 'X', 0, 'M', 0, 'c', 'p', 0, (byte) 0xe8, 0, 0};
    assertThat(Arguments.lastOf(line, new String[] {"cp", "\ufffd", ""}))
        .containsExactly("cp", ByteText.of(new byte[] {(byte) 0xe8}), "");
  }

  @Test
  void fileThatReportsSizeZeroIsReadToItsEnd() throws IOException {
    String version = Files.readString(Path.of("/proc/version"));
    for (String target : List.of(server + "/version", lab.path("a/local").toString())) {
      assertThat(CommandLab.run("cp", "/proc/version", target).err()).isEmpty();
    }
    assertThat(Files.readString(lab.path("a/version"))).isEqualTo(version);
    assertThat(Files.readString(lab.path("a/local"))).isEqualTo(version);
  }

  @Test
  void namedPipeIsReadAsAStreamAndCreatedInsideATree() throws Exception {
    Files.createDirectory(lab.path("tree"));
    try (LocalPlace fifo = place("tree/fifo")) {
      FileInfo like = fifoLike();
      assertThat(fifo.makeSpecial(like).kind()).isEqualTo(FileKind.FIFO);
    }
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try {
                Files.writeString(lab.path("tree/fifo"), "through a pipe");
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    assertThat(CommandLab.run("cp", lab.path("tree/fifo").toString(), server + "/read").err())
        .isEmpty();
    writer.join();
    assertThat(Files.readString(lab.path("a/read"))).isEqualTo("through a pipe");
    assertThat(CommandLab.run("cp", "-r", lab.path("tree").toString(), server + "/t").err())
        .isEmpty();
    assertThat(CommandLab.run("cp", "-r", server + "/t", lab.path("t").toString()).err()).isEmpty();
    try (LocalPlace there = place("t/fifo")) {
      assertThat(there.info().kind()).isEqualTo(FileKind.FIFO);
    }
  }

  private static FileInfo fifoLike() {
    return new FileInfo(
        FileKind.FIFO, 0640, 1, "0", "0", 0, 0, 1, 1, false, 0, 0, Instant.EPOCH, Instant.EPOCH);
  }

  @Test
  void deviceAsTargetIsWrittenToAndNotReplaced() throws IOException {
    Path file = Files.writeString(lab.path("a/file"), "text");
    for (String source : List.of(server + "/file", file.toString())) {
      assertThat(CommandLab.run("cp", source, "/dev/null").err()).isEmpty();
    }
    try (LocalPlace device = LocalPlace.of("/dev/null".getBytes(StandardCharsets.UTF_8))) {
      assertThat(device.info().kind()).isEqualTo(FileKind.CHARACTER_DEVICE);
    }
  }

  @Test
  void hardLinksOfEveryTypeAndExtremeTimesArePreserved() throws IOException {
    Files.createDirectory(lab.path("tree"));
    Path link = Files.createSymbolicLink(lab.path("tree/link"), Path.of("nowhere"));
    Files.createLink(lab.path("tree/link2"), link);
    try (LocalPlace fifo = place("tree/fifo");
        LocalPlace fifo2 = place("tree/fifo2")) {
      assertThat(fifo.makeSpecial(fifoLike()).links()).isEqualTo(1);
      fifo2.makeLink(fifo);
    }
    Path old = Files.writeString(lab.path("tree/old"), "");
    Instant time = Instant.parse("1901-12-14T00:00:00.25Z");
    try (LocalPlace place = LocalPlace.of(old.toString().getBytes(StandardCharsets.UTF_8))) {
      FileInfo info = place.info();
      place.preserveAttributes(
          new FileInfo(
              info.kind(),
              0644,
              1,
              info.owner(),
              info.group(),
              0,
              0,
              1,
              1,
              false,
              0,
              0,
              time,
              time),
          info);
    }
    Result sent = CommandLab.run("cp", "-r", lab.path("tree").toString(), server + "/t");
    assertThat(sent.err()).isEmpty();
    assertThat(sent.exit()).isEqualTo(ExitCode.OK);
    Result back = CommandLab.run("cp", "-r", server + "/t", lab.path("back").toString());
    assertThat(back.exit()).isEqualTo(ExitCode.OK);
    try (LocalPlace first = place("back/link");
        LocalPlace second = place("back/link2");
        LocalPlace fifo = place("back/fifo");
        LocalPlace aged = place("back/old")) {
      assertThat(first.info().identity()).isEqualTo(second.info().identity());
      assertThat(fifo.info().links()).isEqualTo(2);
      assertThat(aged.info().modifyTime()).isEqualTo(time);
    }
  }

  @Test
  void ownersArePreservedOrCountedAndSetUidBitsNeedTheOwner() throws IOException {
    Path file = Files.writeString(lab.path("a/file"), "x");
    boolean root = Machine.uid() == 0;
    Files.setAttribute(file, "unix:mode", 06755, LinkOption.NOFOLLOW_LINKS);
    try (LocalPlace copy = place("copy")) {
      FileInfo info = LocalFilesTest.this.place("a/file").info();
      try (var out = copy.write(0600)) {
        out.write(1);
      }
      FileInfo stranger =
          new FileInfo(
              FileKind.REGULAR,
              06755,
              1,
              "4294967294",
              "4294967294",
              1,
              0,
              1,
              1,
              false,
              0,
              0,
              info.accessTime(),
              info.modifyTime());
      assertThat(copy.preserveAttributes(stranger, null).owner()).isEqualTo(root);
      assertThat(copy.info().mode()).isEqualTo(root ? 06755 : 0755);
      FileInfo named =
          new FileInfo(
              FileKind.REGULAR,
              04711,
              1,
              "alice@example.org",
              "staff@example.org",
              1,
              0,
              1,
              1,
              false,
              0,
              0,
              info.accessTime(),
              info.modifyTime());
      assertThat(copy.preserveAttributes(named, null).owner()).isFalse();
      assertThat(copy.info().mode()).as("not set-uid to somebody else").isEqualTo(0711);
    }
  }

  @Test
  void rmRefusesDotsRootsExportsAndEmptyArguments() throws IOException {
    Files.createDirectories(lab.path("a/x/y"));
    Files.writeString(lab.path("a/x/file"), "kept");
    String local = lab.path("a/x").toString();
    for (String place :
        List.of(
            local + "/.",
            local + "/..",
            local + "/../",
            server + "/x/.",
            server + "/x/..",
            server + "/x/%2e%2e",
            server + "/x/y/..",
            "/",
            server,
            server + "/")) {
      Result result = CommandLab.run("rm", "-r", place);
      assertThat(result.exit()).as(place).isEqualTo(ExitCode.FAILED);
      assertThat(result.err()).as(place).containsAnyOf("by its own name", "is a root");
    }
    assertThat(CommandLab.run("rm", "-r", "").exit()).isEqualTo(ExitCode.USAGE);
    assertThat(CommandLab.run("mv", server + "/", lab.path("b").toString()).err())
        .contains("is a root and is not removed");
    assertThat(Files.readString(lab.path("a/x/file"))).isEqualTo("kept");
    assertThat(lab.path("a/x/y")).exists();
    assertThat(lab.path("b")).doesNotExist();
  }

  @Test
  void entryThatAppearsOrChangesDuringAMoveIsNotRemoved() throws IOException {
    Files.createDirectory(lab.path("tree"));
    Files.writeString(lab.path("tree/copied"), "1");
    Files.writeString(lab.path("tree/changed"), "1");
    CopySettings settings = new CopySettings(true, true, false, false, false, 2, Duration.ZERO);
    TreeCopy copy = new TreeCopy(settings, new CopyReport());
    List<String> told = new ArrayList<>();
    try (LocalPlace source = place("tree");
        LocalPlace target = place("to")) {
      copy.copy(source, target);
      Files.writeString(lab.path("tree/came"), "2");
      Files.writeString(lab.path("tree/changed"), "22");
      new Removal((shown, why) -> told.add(shown), copy::hasCopied).remove(source, source.info());
    }
    assertThat(told)
        .containsExactlyInAnyOrder(
            lab.path("tree/came").toString(), lab.path("tree/changed").toString());
    assertThat(lab.path("tree/copied")).doesNotExist();
    assertThat(lab.path("tree/changed")).exists();
  }

  @Test
  void reportExitCodeAndJsonAgree() {
    Result json = CommandLab.run("cp", "--json", server + "/missing", lab.path("x").toString());
    assertThat(json.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(json.out())
        .contains("\"failureCount\":1")
        .contains("\"failures\":[\"" + server + "/missing: no such file or directory\"]")
        .contains("\"exitCode\":1");
    Result text = CommandLab.run("cp", server + "/missing", lab.path("x").toString());
    assertThat(text.out()).endsWith("1 failure\n");
    assertThat(CommandLab.run("cp", server + "/missing", lab.path("no") + "/").err())
        .isEqualTo("ferry: " + lab.path("no") + "/: no such directory\n");
  }

  @Test
  void treeIsMergedIntoAnExistingDirectory() throws IOException {
    Files.createDirectories(lab.path("a/one/sub"));
    Files.writeString(lab.path("a/one/sub/file"), "1");
    Files.createDirectories(lab.path("a/two/sub"));
    Files.writeString(lab.path("a/two/sub/other"), "2");
    assertThat(CommandLab.run("cp", "-rT", server + "/one", server + "/two").exit()).isZero();
    assertThat(lab.path("a/two/sub/file")).exists();
    assertThat(CommandLab.run("cp", "-r", server + "/two/.", server + "/one").exit()).isZero();
    assertThat(lab.path("a/one/sub/other")).exists();
    assertThat(lab.path("a/one/two")).doesNotExist();
    assertThat(CommandLab.run("cp", "-r", server + "/two", server + "/one").exit()).isZero();
    assertThat(lab.path("a/one/two/sub/other")).exists();
  }

  @Test
  void fifoAsTargetReceivesAllBytes() throws Exception {
    byte[] content = new byte[1 << 20];
    new java.util.Random(5).nextBytes(content);
    Path file = Files.write(lab.path("a/file"), content);
    for (String source : List.of(file.toString(), server + "/file")) {
      try (LocalPlace fifo = place("fifo")) {
        fifo.makeSpecial(fifoLike());
      }
      java.util.concurrent.FutureTask<byte[]> read =
          new java.util.concurrent.FutureTask<>(() -> Files.readAllBytes(lab.path("fifo")));
      Thread.ofPlatform().start(read);
      assertThat(CommandLab.run("cp", source, lab.path("fifo").toString()).err()).isEmpty();
      assertThat(read.get()).isEqualTo(content);
      Files.delete(lab.path("fifo"));
    }
  }

  @Test
  void attributeNameThatIsNotUtf8IsPreservedLocallyAndFailsOnAServer() throws IOException {
    try (LocalPlace file = place("file");
        LocalPlace copy = place("copy")) {
      try (var out = file.write(0600)) {
        out.write(1);
      }
      String name = ByteText.of(new byte[] {(byte) 0xff, '\n'});
      if (!file.setXattr(name, new byte[] {7}, null)) {
        return;
      }
      String from = lab.path("file").toString();
      assertThat(CommandLab.run("cp", from, lab.path("copy").toString()).err()).isEmpty();
      assertThat(copy.xattr(name)).isEqualTo(new byte[] {7});
      assertThat(CommandLab.run("cp", from, server + "/copy").err())
          .contains("copied without its extended attribute \\xff\\x0a", "no UTF-8");
    }
  }

  @Test
  void trailingSlashAfterAFileFailsBeforeAnythingIsRemoved() throws IOException {
    Files.writeString(lab.path("a/file"), "kept");
    Files.createSymbolicLink(lab.path("a/link"), Path.of("file"));
    for (String place : List.of(server + "/file/", server + "/link/", lab.path("a/link") + "/")) {
      assertThat(CommandLab.run("rm", "-r", place).err()).contains("is not a directory");
      assertThat(CommandLab.run("mv", place, lab.path("b").toString()).err())
          .contains("is not a directory");
    }
    assertThat(lab.path("a/link")).exists();
  }

  @Test
  void reportIsJsonEvenIfTheTargetIsInvalid() {
    Result json = CommandLab.run("cp", "--json", server + "/x", lab.path("no") + "/");
    assertThat(json.out()).contains("\"failureCount\":1").contains("\"exitCode\":1");
    assertThat(CommandLab.run("cp", "-r", server + "/", server + "/into").err())
        .isEqualTo("ferry: " + server + "/: cannot be copied into itself, " + server + "/into\n");
  }
}
