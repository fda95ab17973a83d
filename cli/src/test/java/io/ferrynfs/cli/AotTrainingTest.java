package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.base.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The work that the launcher has the JVM learn from. */
class AotTrainingTest {
  @Test
  void allCommandsOfTheTrainingSucceed(@TempDir Path folder) throws Exception {
    assertThat(AotTraining.train(folder)).isEqualTo(ExitCode.OK);
    assertThat(folder.resolve("first/copy")).hasSameBinaryContentAs(folder.resolve("tree/large"));
    assertThat(Files.exists(folder.resolve("second/moved"))).isTrue();
    assertThat(folder.resolve("second/tree")).doesNotExist();
  }
}
