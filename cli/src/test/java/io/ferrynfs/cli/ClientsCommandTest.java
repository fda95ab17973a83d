package io.ferrynfs.cli;

import static io.ferrynfs.cli.AdminLab.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.admin.MemoryClients;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.server.ClientHoldings;
import io.ferrynfs.server.ClientStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@code ferry clients}. */
class ClientsCommandTest {
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
    return admin.run("clients", arguments);
  }

  private void addThree() {
    admin.clients.add(MemoryClients.client(0x9e370001_00000001L, ClientStatus.State.ACTIVE));
    admin.clients.add(
        new ClientStatus(
            0x9e370001_00000002L,
            "evil\u001b[2J\nname",
            "2001:db8::7 port 1023",
            ClientStatus.State.COURTESY,
            Duration.ofSeconds(3725),
            1,
            new ClientHoldings(10_000, 0, 0, 2)));
    admin.clients.add(MemoryClients.client(0x9e370001_00000003L, ClientStatus.State.UNCONFIRMED));
  }

  @Test
  void listShowsTheClientsAndTheirState() {
    addThree();
    Result result = run(SERVER);
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .isEqualTo(
            """
            id                state         silent  sessions  opens  locks  delegations  copies  address                name
            9e37000100000001  active          0:04         2     12      3            1       0  10.0.0.7 port 877      Linux NFSv4.2 host1
            9e37000100000002  courtesy     1:02:05         1  10000      0            0       2  2001:db8::7 port 1023  evil\\x1b[2J\\x0aname
            9e37000100000003  unconfirmed     0:04         2     12      3            1       0  -                      Linux NFSv4.2 host3
            """);
    assertThat(result.exit()).isEqualTo(ExitCode.OK);
  }

  @Test
  void jsonHasOneObjectPerLine() {
    admin.clients.add(MemoryClients.client(0x9e370001_00000001L, ClientStatus.State.ACTIVE));
    assertThat(run("--json", SERVER))
        .isEqualTo(
            new Result(
                ExitCode.OK,
                """
                {"id":"9e37000100000001","state":"active","name":"Linux NFSv4.2 host1",\
                "address":"10.0.0.7 port 877","silentSeconds":4.0,"sessions":2,"opens":12,\
                "locks":3,"delegations":1,"copies":0}
                """,
                ""));
  }

  @Test
  void listWithoutClientsPrintsANoteAndSucceeds() {
    assertThat(run(SERVER)).isEqualTo(new Result(ExitCode.OK, "", "no clients\n"));
    assertThat(run("--json", SERVER)).isEqualTo(new Result(ExitCode.OK, "", ""));
  }

  @Test
  void expireEndsTheClientWithTheId() {
    addThree();
    assertThat(run("--expire", "9e37000100000002", SERVER))
        .isEqualTo(new Result(ExitCode.OK, "expired client 9e37000100000002\n", ""));
    assertThat(admin.clients.clients())
        .extracting(ClientStatus::clientid)
        .containsExactly(0x9e370001_00000001L, 0x9e370001_00000003L);
    assertThat(run("--expire", "9e37000100000002", SERVER))
        .isEqualTo(
            new Result(
                ExitCode.FAILED,
                "",
                "ferry: there is no client 9e37000100000002; it may have expired\n"));
  }

  @Test
  void wrongCommandLineIsExplained() {
    assertThat(run(SERVER + "/export").err()).contains("clients are a server's, not a path's");
    assertThat(run("--json", "--expire", "7", SERVER).exit()).isEqualTo(ExitCode.USAGE);
    assertThat(run("--expire", "seven", SERVER))
        .isEqualTo(
            new Result(
                ExitCode.USAGE, "", "ferry: not a client id as shown by ferry clients: seven\n"));
  }

  @Test
  void missingServerIsReportedAsUnreachable() {
    assertThat(run("nfs://127.0.0.1:20491").exit()).isEqualTo(ExitCode.UNREACHABLE);
  }

  @Test
  void runningServerListsItsClients(@TempDir Path files) throws IOException {
    try (CommandLab lab = new CommandLab(files)) {
      String url = lab.serve("export");
      assertThat(CommandLab.run("clients", "--admin", files.resolve("admin").toString(), url))
          .isEqualTo(new Result(ExitCode.OK, "", "no clients\n"));
    }
  }
}
