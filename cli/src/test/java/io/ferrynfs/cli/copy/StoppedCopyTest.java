package io.ferrynfs.cli.copy;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.place.LocalPlace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoppedCopyTest {
  private static final CopySettings SETTINGS =
      new CopySettings(true, true, false, false, false, 2, Duration.ZERO);

  /** A copy that counts its stops. */
  private static final class Counting implements RunningCopy {
    private final AtomicInteger stops = new AtomicInteger();

    @Override
    public @Nullable TransferMethod method() {
      return stops.get() == 0 ? TransferMethod.OFFLOADED : null;
    }

    @Override
    public void stop() {
      stops.incrementAndGet();
    }
  }

  @Test
  void noCopyStartsAfterAStop(@TempDir Path folder) throws IOException {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Files.createDirectory(tree.resolve("inner"));
    Files.writeString(tree.resolve("file"), "text");
    CopyReport report = new CopyReport();
    report.running().stop();
    new TreeCopy(SETTINGS, report).copy(place(tree), place(folder.resolve("to")));
    assertThat(folder.resolve("to")).doesNotExist();
    assertThat(report.files()).isZero();
    assertThat(report.failureCount()).isZero();
  }

  private static LocalPlace place(Path path) {
    return LocalPlace.of(path.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void stopReachesRunningAndLaterCopies() {
    RunningCopies running = new RunningCopies();
    Counting first = new Counting();
    Counting over = new Counting();
    Counting late = new Counting();
    running.add(first);
    running.add(over);
    running.remove(over);
    assertThat(running.methods()).containsExactly(TransferMethod.OFFLOADED);
    running.stop();
    running.add(late);
    assertThat(first.stops).hasValue(1);
    assertThat(late.stops).hasValue(1);
    assertThat(over.stops).hasValue(0);
    assertThat(running.methods()).isEmpty();
    assertThat(running.isStopped()).isTrue();
  }
}
