package io.ferrynfs.cli;

import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.base.StandardOutput;
import io.ferrynfs.cli.serve.ListenAddress;
import io.ferrynfs.cli.serve.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The work whose classes and profiles of methods the launcher records in the JVM's AOT cache: two
 * servers on loopback, and the commands that users run most often.
 */
final class AotTraining {
  private static final int SECONDS_MAX = 120;
  private static final int DIRECTORIES = 4;
  private static final int FILES_OF_A_DIRECTORY = 50;
  private static final int SMALL_BYTES = 4 << 10;
  private static final int LARGE_BYTES = 32 << 20;

  private AotTraining() {}

  /** Trains and exits: 0 if all commands succeeded. */
  public static void main(String[] args) {
    // The launcher waits for it, and a machine whose loopback drops packets must not keep it.
    Machine.endAfter(SECONDS_MAX, ExitCode.INTERNAL);
    StandardOutput output = StandardOutput.install();
    Machine.onDeepStack(() -> {
      int exit = ExitCode.INTERNAL;
      try {
        Path folder = Files.createTempDirectory("ferry-training");
        try {
          exit = train(folder);
        } finally {
          delete(folder);
        }
      } catch (IOException | RuntimeException fault) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
      }
      System.exit(output.finish(exit));
    });
  }

  /** Runs the work in an empty folder; returns the worst exit code. */
  static int train(Path folder) throws IOException {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    for (int i = 0; i < DIRECTORIES; i++) {
      Path directory = Files.createDirectory(tree.resolve("directory" + i));
      for (int k = 0; k < FILES_OF_A_DIRECTORY; k++) {
        Files.write(directory.resolve("file" + k), new byte[SMALL_BYTES]);
      }
    }
    Files.write(tree.resolve("large"), new byte[LARGE_BYTES]);
    try (RunningServer first = serve(folder, "first");
        RunningServer second = serve(folder, "second")) {
      return commands(tree.toString(), url(first), url(second));
    }
  }

  private static RunningServer serve(Path folder, String name) throws IOException {
    Path directory = Files.createDirectory(folder.resolve(name));
    return ServeCommand.start(
        "--listen=127.0.0.1:0",
        "--state=" + folder.resolve(name + ".state"),
        "--admin=" + folder.resolve(name + ".admin"),
        directory.toString());
  }

  private static String url(RunningServer server) {
    return "nfs://" + ListenAddress.text(server.address());
  }

  private static int commands(String tree, String first, String second) {
    int worst = FerryCommand.run("--version");
    List<String[]> all =
        List.of(
            new String[] {"--help"},
            new String[] {"cp", "-r", tree, first + "/tree"},
            new String[] {"ls", "-l", first + "/tree/directory0"},
            new String[] {"stat", first + "/tree/large"},
            new String[] {"cat", first + "/tree/directory0/file0"},
            new String[] {"cp", first + "/tree/large", first + "/copy"},
            new String[] {"cp", "-r", first + "/tree", second + "/tree"},
            new String[] {"cp", first + "/tree/directory0/file0", second + "/file"},
            new String[] {"mv", second + "/file", second + "/moved"},
            new String[] {"mkdir", second + "/new"},
            new String[] {"rm", "-r", second + "/tree"});
    for (String[] command : all) {
      worst = Math.max(worst, FerryCommand.run(command));
    }
    return worst;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
