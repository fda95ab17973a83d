package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.cli.base.StandardOutput;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Properties;

/** The {@code ferry} command. */
public final class Ferry {
  /** These need no parser, whose classes take longer to load than the version to print. */
  private static final List<String> VERSION_NAMES = List.of("--version", "-V");

  private Ferry() {}

  /** Runs one command and exits with its {@link ExitCode}. */
  public static void main(String[] args) {
    StandardOutput output = StandardOutput.install();
    // The commands recurse for each level of nested directories.
    Machine.onDeepStack(() -> {
      int exit = ExitCode.INTERNAL;
      try {
        if (args.length == 1 && VERSION_NAMES.contains(args[0])) {
          Console.ofProcess().line(version());
          Machine.endNow(output.finish(ExitCode.OK));
        }
        exit = FerryCommand.run(Arguments.ofProcess(args));
      } catch (Exception | Error fault) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, fault);
      }
      System.exit(output.finish(exit));
    });
  }

  /** Returns the name and the version that Maven wrote into the jar. */
  static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Ferry.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    }
    return "ferry " + properties.getProperty("version", "unknown");
  }
}
