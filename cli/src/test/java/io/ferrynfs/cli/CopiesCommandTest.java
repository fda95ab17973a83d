package io.ferrynfs.cli;

import static io.ferrynfs.cli.AdminLab.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.admin.AdminServer;
import io.ferrynfs.cli.admin.MemoryCopies;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.server.CopyStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@code ferry copies}. */
class CopiesCommandTest {
  private AdminLab admin;

  @BeforeEach
  void start(@TempDir Path root) throws IOException {
    admin = new AdminLab(root.resolve("admin"));
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  private Result run(String... arguments) {
    return admin.run("copies", arguments);
  }

  private void addThree() {
    admin.copies.add(MemoryCopies.copy(7, 3L << 29, 4L << 30));
    admin.copies.add(MemoryCopies.copy(12, 5, 5));
    admin.copies.add(
        new CopyStatus(
            13,
            "[::1]:700 a\u001b[2Jb",
            "/with blank/\u00e4",
            "/new\nline",
            0,
            123_456_789,
            Duration.ofSeconds(3725),
            CopyStatus.State.QUEUED));
  }

  @Test
  void listShowsClientFilesProgressAndRate() {
    addThree();
    Result result = run(SERVER);
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .isEqualTo(
            """
            id  state        copied        of  done       rate      age  client                         source -> destination
             7  running    1.50 GiB  4.00 GiB   37%  384 MiB/s     0:04  10.0.0.7:877 Linux NFSv4.2 7   /from/7 -> /to/7
            12  finishing       5 B       5 B  100%      1 B/s     0:04  10.0.0.7:877 Linux NFSv4.2 12  /from/12 -> /to/12
            13  queued          0 B   118 MiB    0%          -  1:02:05  [::1]:700 a\\x1b[2Jb            /with blank/\u00e4 -> /new\\x0aline
            """);
    assertThat(result.exit()).isEqualTo(ExitCode.OK);
  }

  @Test
  void jsonHasOneObjectPerLine() {
    admin.copies.add(MemoryCopies.copy(7, 3L << 29, 4L << 30));
    admin.copies.add(MemoryCopies.copy(8, 0, 0));
    Result result = run("--json", SERVER);
    assertThat(result.out())
        .isEqualTo(
            """
            {"id":7,"state":"running","client":"10.0.0.7:877 Linux NFSv4.2 7","source":"/from/7",\
            "destination":"/to/7","copiedBytes":1610612736,"totalBytes":4294967296,"percent":37.5,\
            "bytesPerSecond":402653184,"ageSeconds":4.0}
            {"id":8,"state":"queued","client":"10.0.0.7:877 Linux NFSv4.2 8","source":"/from/8",\
            "destination":"/to/8","copiedBytes":0,"totalBytes":0,"percent":100.0,\
            "bytesPerSecond":0,"ageSeconds":4.0}
            """);
    assertThat(result.exit()).isEqualTo(ExitCode.OK);
  }

  @Test
  void listWithoutCopiesPrintsANoteAndSucceeds() {
    assertThat(run(SERVER)).isEqualTo(new Result(ExitCode.OK, "", "no copies\n"));
    assertThat(run("--json", SERVER)).isEqualTo(new Result(ExitCode.OK, "", ""));
  }

  @Test
  void cancelEndsTheCopyWithTheId() {
    addThree();
    assertThat(run("--cancel", "7", SERVER))
        .isEqualTo(new Result(ExitCode.OK, "cancelled copy 7\n", ""));
    assertThat(admin.copies.copies()).extracting(CopyStatus::id).containsExactly(12L, 13L);
  }

  @Test
  void cancelOfAnUnknownIdFails() {
    assertThat(run("--cancel", "7", SERVER))
        .isEqualTo(
            new Result(ExitCode.FAILED, "", "ferry: there is no copy 7; it may have completed\n"));
  }

  @Test
  void serverOnAnotherMachineIsAUsageError() {
    assertThat(run("nfs://192.0.2.1"))
        .isEqualTo(
            new Result(
                ExitCode.USAGE,
                "",
                "ferry: 192.0.2.1 is another machine, and a server is administered on its own"
                    + " machine only; run this there\n"));
  }

  @Test
  void missingServerIsReportedAsUnreachable() throws IOException {
    Result result = run("nfs://127.0.0.1:20491");
    assertThat(result.exit()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(result.err())
        .contains("answers at 127.0.0.1 port 20491")
        .contains(
            "; searched for its socket in "
                + admin.server.socket().getParent()
                + " (--admin DIR names another folder)");
    admin.server.close();
    Files.createFile(admin.server.socket());
    assertThat(run(SERVER).err())
        .contains(admin.server.socket() + " is the stale socket of a stopped server");
  }

  @Test
  void serverOnTheWildcardAddressIsFoundByEveryLocalAddress() throws IOException {
    try (AdminServer everywhere = admin.serve("0.0.0.0", 20492)) {
      assertThat(everywhere.socket()).exists();
      for (String host : new String[] {"127.0.0.1", "localhost", "127.0.0.9", "[::1]"}) {
        assertThat(run("nfs://" + host + ":20492"))
            .isEqualTo(new Result(ExitCode.OK, "", "no copies\n"));
      }
    }
  }

  @Test
  void wrongCommandLineIsExplained() {
    assertThat(run(SERVER + "/export").err())
        .contains("specify a server without a path, nfs://host[:port], to show its copies");
    assertThat(run("/local").err()).contains("nfs://host[:port]");
    assertThat(run("--json", "--cancel", "7", SERVER).exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("--cancel", "seven", SERVER).exit()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void serverDeletesItsSocketWhenItCloses(@TempDir Path files) throws IOException {
    Path sockets = files.resolve("admin");
    try (CommandLab lab = new CommandLab(files)) {
      String url = lab.serve("export");
      assertThat(CommandLab.run("copies", "--admin", sockets.toString(), url))
          .isEqualTo(new Result(ExitCode.OK, "", "no copies\n"));
    }
    assertThat(sockets).isEmptyDirectory();
  }

  @Test
  void serverStartsWithoutASocketIfTheFolderIsNotPrivate(@TempDir Path files) throws IOException {
    Path sockets = Files.createDirectory(files.resolve("admin"));
    Files.setPosixFilePermissions(sockets, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (CommandLab lab = new CommandLab(files)) {
      String url = lab.serve("export");
      assertThat(CommandLab.run("ls", url).exit()).isEqualTo(ExitCode.OK);
      assertThat(CommandLab.run("copies", "--admin", sockets.toString(), url).exit())
          .isEqualTo(ExitCode.UNREACHABLE);
    }
    assertThat(sockets).isEmptyDirectory();
  }
}
