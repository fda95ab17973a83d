package io.ferrynfs.cli;

import static io.ferrynfs.cli.AdminLab.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.cli.admin.MemoryExports;
import io.ferrynfs.cli.admin.ReloadReport;
import io.ferrynfs.cli.base.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of {@code ferry exports}. */
class ExportsCommandTest {
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
    return admin.run("exports", arguments);
  }

  @Test
  void listShowsTheRulesOfTheExports() {
    admin.exports.add(MemoryExports.export("/films", "10.0.0.0/8"));
    admin.exports.add(MemoryExports.export("/music\u001b[2J", "192.0.2.1/32"));
    admin.exports.fails("/films", new ExportProblem("gone", "/srv/films was removed or moved"));
    assertThat(run(SERVER))
        .isEqualTo(
            new Result(
                ExitCode.OK,
                """
                pseudo-path    networks                    access  squash  security  state  path
                /films         10.0.0.0/8,2001:db8::/32    ro      root    sys,none  gone   /srv/films
                /music\\x1b[2J  192.0.2.1/32,2001:db8::/32  ro      root    sys,none  ok     /srv/music\\x1b[2J
                """,
                "/films: /srv/films was removed or moved\n"));
  }

  @Test
  void jsonHasOneObjectPerLine() {
    admin.exports.add(MemoryExports.export("/films", "10.0.0.0/8"));
    assertThat(run("--json", SERVER))
        .isEqualTo(
            new Result(
                ExitCode.OK,
                """
                {"pseudo-path":"/films","path":"/srv/films","networks":["10.0.0.0/8",\
                "2001:db8::/32"],"access":"ro","squash":"root","anonymous-uid":65534,\
                "anonymous-gid":65533,"security":["sys","none"],"state":"ok"}
                """,
                ""));
    admin.exports.fails("/films", new ExportProblem("gone", "it is away"));
    assertThat(run("--json", SERVER).out())
        .endsWith(
            "\"security\":[\"sys\",\"none\"],\"state\":\"gone\",\"problem\":\"it is away\"}\n");
  }

  @Test
  void reloadPrintsTheChanges() {
    admin.exports.reloadsTo(new ReloadReport(true, List.of("added /films (/srv/films)")));
    assertThat(run("--reload", SERVER))
        .isEqualTo(new Result(ExitCode.OK, "added /films (/srv/films)\n", ""));
  }

  @Test
  void failedReloadPrintsTheErrorAndChangesNothing() {
    admin.exports.reloadsTo(new ReloadReport(false, List.of("f:1:1: this", "f:2:1: that")));
    assertThat(run("--reload", SERVER))
        .isEqualTo(
            new Result(
                ExitCode.FAILED, "", "ferry: nothing was changed\nf:1:1: this\nf:2:1: that\n"));
  }

  @Test
  void wrongCommandLineIsExplained() {
    assertThat(run(SERVER + "/export").err()).contains("exports are a server's, not a path's");
    assertThat(run("--json", "--reload", SERVER).exit()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void missingServerIsReportedAsUnreachable() {
    assertThat(run("nfs://127.0.0.1:20491").exit()).isEqualTo(ExitCode.UNREACHABLE);
  }
}
