package io.ferrynfs.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.admin.ExportProblem;
import io.ferrynfs.rpc.testkit.SimEnv;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.storage.linux.LinuxVolume;
import io.ferrynfs.storage.linux.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ResourceBundle;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Problems of exports and of the state folder are reported, and logged once. */
class ExportWatchTest {
  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  private final Simulation world = new Simulation(1);
  private final SimEnv env = world.host("server");
  private final List<String> log = new ArrayList<>();
  private final ExportWatch watch = new ExportWatch(env, new RecordingLogger(log));
  private Path folder;
  private Path directory;
  private LinuxVolume volume;

  /** Records log messages. */
  private record RecordingLogger(List<String> lines) implements System.Logger {
    @Override
    public String getName() {
      return "test";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable thrown) {
      lines.add(level + " " + text);
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String text, @Nullable Object... values) {
      lines.add(level + " " + text);
    }
  }

  @BeforeEach
  void open(@TempDir Path root) throws IOException {
    folder = root;
    directory = Files.createDirectory(root.resolve("films"));
    volume = LinuxVolume.open(directory, Options.of(root.resolve("state-of-films")));
  }

  @AfterEach
  void close() throws Exception {
    watch.close();
    volume.close();
  }

  private void watch(ExportWatch.Check check, ExportWatch.@Nullable Check state) {
    SequencedMap<String, ExportWatch.Check> checks = new LinkedHashMap<>();
    checks.put("/films", check);
    checks.put("/music", () -> null);
    watch.watch(checks, state);
    world.run(A_MINUTE);
  }

  private Map<String, ExportProblem> problems() {
    world.run(A_MINUTE);
    return watch.problems();
  }

  private String state() {
    return Objects.requireNonNull(problems().get("/films"), "nothing is wrong").state();
  }

  @Test
  void movedDirectoryIsGoneAndANewOneAtItsPathIsReplaced() throws IOException {
    watch(new DirectoryCheck(directory, volume), null);
    assertThat(problems()).isEmpty();
    Path elsewhere = folder.resolve("elsewhere");
    Files.move(directory, elsewhere);
    ExportProblem gone = new ExportProblem("gone", directory + " was removed or moved");
    assertThat(problems()).isEqualTo(Map.of("/films", gone));
    assertThat(problems()).isEqualTo(Map.of("/films", gone));
    Files.createDirectory(directory);
    assertThat(state()).isEqualTo("replaced");
    Files.delete(directory);
    Files.move(elsewhere, directory);
    assertThat(problems()).isEmpty();
    assertThat(log)
        .containsExactly(
            "WARNING /films: " + gone.text(),
            "WARNING /films: another directory is at "
                + directory
                + " now, and the former one is served: it was unmounted, mounted over or moved",
            "INFO /films: the problem has ended");
  }

  @Test
  void removedDirectoryIsGone() throws IOException {
    watch(new DirectoryCheck(directory, volume), null);
    Files.delete(directory);
    assertThat(problems())
        .isEqualTo(
            Map.of("/films", new ExportProblem("gone", directory + " was removed or moved")));
  }

  @Test
  void fullStateFolderIsAProblemOfAllExports() throws IOException {
    Path state = Files.createDirectory(folder.resolve("state"));
    watch(() -> null, new StateFolderCheck(state, () -> null));
    assertThat(problems()).isEmpty();
    assertThat(state).as("nothing is left there").isEmptyDirectory();
    StateFolderCheck full = new StateFolderCheck(state, () -> null);
    watch(
        () -> null,
        () -> {
          try {
            Files.createSymbolicLink(state.resolve("room"), Path.of("/dev/full"));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
          return full.check();
        });
    ExportProblem problem =
        new ExportProblem(
            "state-failing",
            "the state folder " + state + " cannot be written: No space left on device");
    assertThat(problems()).isEqualTo(Map.of("/films", problem, "/music", problem));
    assertThat(log).containsExactly("WARNING the state folder: " + problem.text());
    Files.delete(state);
    watch(() -> null, new StateFolderCheck(state, () -> null));
    assertThat(state()).isEqualTo("state-failing");
  }

  @Test
  void unrecordedClientsAreAProblemOfAllExports() throws IOException {
    Path state = Files.createDirectory(folder.resolve("state"));
    String why = state + "/clients.mv: No space left on device";
    AtomicReference<@Nullable String> unrecorded = new AtomicReference<>(why);
    watch(() -> null, new StateFolderCheck(state, unrecorded::get));
    ExportProblem problem =
        new ExportProblem(
            "state-failing", "clients are not recorded and cannot reclaim after a restart: " + why);
    assertThat(problems()).isEqualTo(Map.of("/films", problem, "/music", problem));
    unrecorded.set(null);
    assertThat(problems()).isEmpty();
  }

  @Test
  void checkThatHangsIsSilentUntilItReturns() {
    List<Map<String, ExportProblem>> during = new ArrayList<>();
    watch(
        () -> {
          if (during.isEmpty()) {
            // The other exports are checked in the meantime, and this one is not checked a second
            // time.
            watch.checkNow();
            during.add(watch.problems());
          }
          return null;
        },
        null);
    assertThat(during)
        .containsExactly(
            Map.of("/films", new ExportProblem("silent", "the file system does not answer")));
    assertThat(problems()).isEmpty();
  }

  @Test
  void closedWatchRunsNoChecks() {
    int[] checks = new int[1];
    watch(
        () -> {
          checks[0]++;
          return null;
        },
        null);
    world.run(Duration.ofSeconds(1));
    int before = checks[0];
    assertThat(before).isPositive();
    watch.close();
    world.run(A_MINUTE);
    assertThat(checks[0]).isEqualTo(before);
  }
}
