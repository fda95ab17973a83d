package io.ferrynfs.cli;

import static io.ferrynfs.cli.AdminLab.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.base.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@code ferry stats}. */
class StatsCommandTest {

  @Test
  void tableShowsOperationsAndBytes(@TempDir Path root) throws IOException {
    try (AdminLab admin = new AdminLab(root.resolve("admin"))) {
      assertThat(admin.run("stats", SERVER))
          .isEqualTo(
              new Result(
                  ExitCode.OK,
                  """
                  operation       calls  failures    mean
                  COPY       3000000000         0  1.2 µs
                  READ                4         1  2.5 µs

                  bytes                                  count
                  READ, sent from files                      1
                  READ, through memory                       2
                  WRITE                                      3
                  COPY and CLONE, shared blocks              4
                  COPY, within this server                   5
                  COPY, from other servers       1099511627776
                  COPY, holes                                6
                  """,
                  ""));
    }
  }

  @Test
  void jsonIsOneObject(@TempDir Path root) throws IOException {
    try (AdminLab admin = new AdminLab(root.resolve("admin"))) {
      assertThat(admin.run("stats", "--json", SERVER))
          .isEqualTo(
              new Result(
                  ExitCode.OK,
                  """
                  {"bytes.copy.fetched":1099511627776,"bytes.copy.holes":6,"bytes.copy.moved":5,\
                  "bytes.copy.shared":4,"bytes.read.memory":2,"bytes.read.sendfile":1,\
                  "bytes.write":3,"callbacks.calls":11,"callbacks.failures":12,\
                  "callbacks.nanos":13,"copies.cancelled":17,"copies.completed":15,\
                  "copies.failed":16,"copies.started":14,"operation.COPY.calls":3000000000,\
                  "operation.COPY.failures":0,"operation.COPY.nanos":3600000000000,\
                  "operation.COPY.queued_nanos":0,"operation.READ.calls":4,\
                  "operation.READ.failures":1,"operation.READ.nanos":10000,\
                  "operation.READ.queued_nanos":700,"requests.compounds":7,\
                  "requests.delays":10,"requests.rejects":9,"requests.replays":8}
                  """,
                  ""));
    }
  }

  @Test
  void runningServerCountsOperations(@TempDir Path files) throws IOException {
    try (CommandLab lab = new CommandLab(files)) {
      String url = lab.serve("export");
      Files.write(files.resolve("export/file"), new byte[5]);
      assertThat(CommandLab.run("cp", "--stream", url + "/file", url + "/copy").exit())
          .isEqualTo(ExitCode.OK);
      Result result =
          CommandLab.run("stats", "--json", "--admin", files.resolve("admin").toString(), url);
      assertThat(result.out())
          .contains("\"bytes.write\":5,")
          .contains("\"operation.OPEN.failures\":0,");
    }
  }
}
