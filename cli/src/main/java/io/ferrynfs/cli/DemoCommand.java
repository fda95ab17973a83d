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
      "Show it all: two servers, a real tree, copies, and the proof.",
      "Starts the servers on loopback, puts the JDK's own directory on the first,",
      "has the second copy it from there, counts what passed through here, has the",
      "first copy it on itself, and compares everything. Ends with 0 only if all is",
      "equal and nothing passed through here; leaves nothing behind."
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
      description = "The size of the sparse file that is added (${DEFAULT-VALUE}).")
  private long sparseBytes = 1L << 30;

  @Override
  public Integer call() throws IOException {
    @Nullable String root = System.getProperty("ferry.root");
    if (root == null) {
      throw new IllegalArgumentException(
          "ferry demo starts servers with the ferry script: run that");
    }
    boolean equal =
        new Demo(
                console,
                Path.of(root, "ferry"),
                tree,
                sparseBytes,
                report -> ProgressLine.of(console, report, new Waits(), false)::close)
            .run();
    return equal ? ExitCode.OK : ExitCode.FAILED;
  }
}
