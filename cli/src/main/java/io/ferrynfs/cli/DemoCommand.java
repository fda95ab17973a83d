package io.ferrynfs.cli;

import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.demo.Demo;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

@CommandLine.Command(
    name = "demo",
    description = {
      "Demonstrate copies inside a server and between two servers.",
      "Starts two servers on loopback, copies the JDK's directory to the first,",
      "from the first to the second, and inside the first, counts the bytes that",
      "passed through this client, and compares the trees. The exit code is 0 only if",
      "all trees are equal and no bytes passed through. Deletes all its files."
    })
final class DemoCommand extends Command {
  @Option(
      names = "--tree",
      paramLabel = "DIR",
      description = "The tree to copy (default: the directory of the JDK).")
  private Path tree = Path.of(System.getProperty("java.home"));

  @Option(
      names = "--sparse-bytes",
      paramLabel = "N",
      defaultValue = "1073741824",
      description = "The size of an additional sparse file (${DEFAULT-VALUE}).")
  private long sparseBytes = 1L << 30;

  @Override
  public Integer call() throws IOException {
    @Nullable String root = System.getProperty("ferry.root");
    if (root == null) {
      throw new IllegalArgumentException(
          "run ferry demo by the ferry script, which starts the servers");
    }
    boolean equal =
        new Demo(
                console,
                Path.of(root, "ferry"),
                tree,
                sparseBytes,
                report -> ProgressLine.of(console, report, new ServerWaits(), false)::close)
            .run();
    return equal ? ExitCode.OK : ExitCode.FAILED;
  }
}
