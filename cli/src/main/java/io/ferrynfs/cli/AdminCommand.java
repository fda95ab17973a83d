package io.ferrynfs.cli;

import io.ferrynfs.cli.admin.AdminClient;
import io.ferrynfs.cli.admin.AdminFolder;
import io.ferrynfs.cli.admin.AdminLookup;
import io.ferrynfs.client.NfsUrl;
import io.ferrynfs.rpc.env.SystemEnv;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What asks a running server on this machine for a list, or has it change something. */
abstract class AdminCommand extends Command {
  /** Calls are small; only the answers need room. */
  private static final long RECEIVE_BYTES_MAX = 8 << 20;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Option(
      names = "--admin",
      paramLabel = "DIR",
      description = "Where the server was told to put its socket.")
  private @Nullable Path folder;

  @Parameters(paramLabel = "SERVER", description = "nfs://host[:port]")
  private String server = "";

  private final String subject;

  /**
   * @param subject what a server has of these, as people say it
   */
  AdminCommand(String subject) {
    this.subject = subject;
  }

  /** What is done with the server; answers with the exit code. */
  @FunctionalInterface
  interface Task {
    int with(AdminClient client) throws IOException;
  }

  /**
   * What the options ask for.
   *
   * @throws IllegalArgumentException when they make no sense
   */
  abstract Task task();

  /** A task that is no list, asked for by this option. */
  Task change(String option, Task task) {
    if (json) {
      throw new IllegalArgumentException("--json is for the list, not for " + option);
    }
    return task;
  }

  boolean isJson() {
    return json;
  }

  @Override
  public final Integer call() throws IOException {
    NfsUrl url = NfsUrl.parse(server);
    if (!url.path().isRoot()) {
      throw new IllegalArgumentException(
          subject + " are a server's, not a path's: nfs://host[:port], not " + server);
    }
    Task task = task();
    List<AdminFolder> folders =
        folder == null ? AdminFolder.known() : List.of(AdminFolder.toLookIn(folder));
    try (SystemEnv env = new SystemEnv(RECEIVE_BYTES_MAX);
        AdminClient client = AdminLookup.connect(env, url, folders)) {
      return task.with(client);
    }
  }
}
