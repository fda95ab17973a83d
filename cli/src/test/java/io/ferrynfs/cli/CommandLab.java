package io.ferrynfs.cli;

import io.ferrynfs.cli.admin.AdminFolder;
import io.ferrynfs.cli.serve.ConfigFile;
import io.ferrynfs.cli.serve.ListenAddress;
import io.ferrynfs.cli.serve.RunningServer;
import io.ferrynfs.cli.serve.ServeSettings;
import io.ferrynfs.cli.serve.ServedDirectory;
import io.ferrynfs.cli.serve.StateFolder;
import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.ExportRule;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.Squash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Servers of directories on loopback, and the {@code ferry} command in this process. */
public final class CommandLab implements AutoCloseable {

  /** The exit code and output of a command. */
  public record Result(int exit, String out, String err) {}

  private final Path folder;
  private final List<RunningServer> servers = new ArrayList<>();

  CommandLab(Path folder) {
    this.folder = folder;
  }

  /** Starts a server with a configuration file, which can be reloaded. */
  String serveFile(Path file) throws IOException {
    ServeSettings settings = ConfigFile.read(file);
    RunningServer server =
        RunningServer.start(settings.settings(), ConfigFile.reloadable(file, settings));
    servers.add(server);
    return "nfs://" + ListenAddress.text(server.address());
  }

  /** Creates a directory below the lab's folder, serves it and returns its URL. */
  String serve(String name) throws IOException {
    Path directory = Files.createDirectory(folder.resolve(name));
    RunningServer server =
        RunningServer.start(
            new RunningServer.Settings(
                List.of(
                    new ServedDirectory(
                        "/",
                        directory,
                        List.of(ExportRule.everybody(Squash.NONE)),
                        CopySourcePolicy.ANYBODY)),
                ListenAddress.parse("127.0.0.1:0"),
                new StateFolder(folder.resolve(name + ".state")),
                ServerLimits.defaults(),
                ServerOptions.defaults(),
                AdminFolder.forServer(folder.resolve("admin"))));
    servers.add(server);
    return "nfs://" + ListenAddress.text(server.address());
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  public static Result run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int exit = FerryCommand.run(arguments);
      return new Result(
          exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
  }

  @Override
  public void close() throws IOException {
    for (RunningServer server : servers) {
      server.close();
    }
  }
}
