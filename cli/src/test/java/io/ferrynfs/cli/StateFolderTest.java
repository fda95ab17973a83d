package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state folder of a running server. */
class StateFolderTest {
  @Test
  void stateFolderHasOnlyPrivateFiles(@TempDir Path folder) throws Exception {
    int group = (int) Files.getAttribute(folder, "unix:gid");
    try (CommandLab lab = new CommandLab(folder)) {
      String url = lab.serve("export");
      Path file = Files.writeString(folder.resolve("file"), "content");
      assertThat(CommandLab.run("cp", file.toString(), url + "/file").exit())
          .isEqualTo(ExitCode.OK);
      assertThat(CommandLab.run("mkdir", url + "/directory").exit()).isEqualTo(ExitCode.OK);
      List<Path> kept;
      try (Stream<Path> found = Files.walk(folder.resolve("export.state"))) {
        kept = found.toList();
      }
      assertThat(kept).extracting(path -> path.getFileName().toString()).contains("clients.mv");
      for (Path path : kept) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
            .as(path.toString())
            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
        assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo((int) Machine.uid());
        assertThat(Files.getAttribute(path, "unix:gid")).isEqualTo(group);
      }
    }
  }

  @Test
  void refusedDirectoryLeavesNoState(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "content");
    Path directory = Files.createDirectory(folder.resolve("directory"));
    Path state = folder.resolve("state");
    assertThat(
            CommandLab.run(
                "serve", file.toString(), "--state", state.toString(), "--listen", "127.0.0.1:0"))
        .isEqualTo(
            new CommandLab.Result(
                ExitCode.FAILED, "", "ferry: " + file + ": is not a directory\n"));
    assertThat(state).doesNotExist();
    Path inside = directory.resolve("below/state");
    CommandLab.Result refused =
        CommandLab.run(
            "serve", directory.toString(), "--state", inside.toString(), "--listen", "127.0.0.1:0");
    assertThat(refused.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(refused.err()).contains("is inside the exported directory");
    assertThat(directory).isEmptyDirectory();
  }
}
