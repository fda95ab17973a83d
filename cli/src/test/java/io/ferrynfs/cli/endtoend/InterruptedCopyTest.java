package io.ferrynfs.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.ferrynfs.cli.CommandLab;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Units;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slow server-side copy that the user or the administrator ends. */
class InterruptedCopyTest {
  private static final int FILE_BYTES = 64 << 20;

  private Path from;
  private Path to;
  private ServeProcess server;
  private final List<Process> begun = new ArrayList<>();

  /** Uses two exports, because shared blocks would complete the copy at once. */
  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    from = Files.createDirectory(folder.resolve("from"));
    to = Files.createDirectory(folder.resolve("to"));
    byte[] content = new byte[FILE_BYTES];
    new Random(1).nextBytes(content);
    Files.write(from.resolve("file"), content);
    server =
        new ServeProcess(
            List.of("/from=" + from, "/to=" + to), folder.resolve("state"), "--copy-rate", "2");
  }

  @AfterEach
  void stop() throws IOException {
    begun.forEach(Process::destroyForcibly);
    server.close();
  }

  private Process begin(String name) throws IOException {
    Process command =
        ServeProcess.ferry(
                List.of(
                    name,
                    "--require-offload",
                    server.url() + "/from/file",
                    server.url() + "/to/file"))
            .start();
    begun.add(command);
    return command;
  }

  /** Waits for the next copy of the server and returns its id. */
  private long copyAfter(long before, Process command) throws IOException {
    while (true) {
      assertThat(command.isAlive()).as("the copy continues").isTrue();
      CommandLab.Result list = copies("--json");
      assertThat(list.exit()).as(list.err()).isEqualTo(ExitCode.OK);
      long id = list.out().isEmpty() ? 0 : number(list.out());
      if (id > before) {
        return id;
      }
    }
  }

  private static long number(String json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      while (!"id".equals(parser.nextFieldName())) {
        assertThat(parser.currentToken()).isNotNull();
      }
      return parser.nextLongValue(0);
    }
  }

  private CommandLab.Result copies(String... options) {
    String[] all = new String[options.length + 4];
    all[0] = "copies";
    all[1] = "--admin";
    all[2] = server.admin().toString();
    System.arraycopy(options, 0, all, 3, options.length);
    all[all.length - 1] = server.url();
    return CommandLab.run(all);
  }

  /** Sends SIGINT. */
  private static void interrupt(Process command) throws Exception {
    Process kill = new ProcessBuilder("kill", "-INT", String.valueOf(command.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  private void expectInterrupted(Process command) throws Exception {
    String said = new String(command.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(command.waitFor()).as(said).isEqualTo(ExitCode.INTERRUPTED);
    // The bytes that the server wrote, which may exceed its last report.
    String written = Units.bytes(Files.size(to.resolve("file")));
    assertThat(said)
        .contains("/from/file: stopped after " + written + " of 64.0 MiB, which stay\n")
        .contains("ferry: interrupted: 0 of 1 files and " + written + " of 64.0 MiB copied");
    assertThat(copies()).isEqualTo(new CommandLab.Result(ExitCode.OK, "", "no copies\n"));
    assertThat(Files.size(to.resolve("file"))).isLessThan(FILE_BYTES);
  }

  @Test
  void ctrlCStopsTheCopyAtTheServerAndReportsItsProgress() throws Exception {
    Process command = begin("cp");
    copyAfter(0, command);
    interrupt(command);
    expectInterrupted(command);
  }

  @Test
  void interruptedMoveKeepsItsSource() throws Exception {
    Process command = begin("mv");
    copyAfter(0, command);
    interrupt(command);
    expectInterrupted(command);
    assertThat(from.resolve("file")).hasSize(FILE_BYTES);
  }

  //
  @Test
  void copyCancelledByTheAdministratorIsNotContinued() throws Exception {
    Process command = begin("cp");
    long first = copyAfter(0, command);
    assertThat(copies("--cancel", String.valueOf(first)))
        .isEqualTo(new CommandLab.Result(ExitCode.OK, "cancelled copy " + first + "\n", ""));
    assertThat(copies("--cancel", String.valueOf(first)).exit()).isEqualTo(ExitCode.FAILED);
    String said = new String(command.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(command.waitFor()).as(said).isEqualTo(ExitCode.FAILED);
    assertThat(said).contains("NFS4ERR_OFFLOAD_DENIED");
    assertThat(copies()).isEqualTo(new CommandLab.Result(ExitCode.OK, "", "no copies\n"));
  }
}
