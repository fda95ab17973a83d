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
}
