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

/** A command that queries or changes a running server on this machine. */
abstract class AdminCommand extends Command {
  /** The limit for replies, which are larger than calls. */
  private static final long RECEIVE_BYTES_MAX = 8 << 20;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Option(names = "--admin", paramLabel = "DIR", description = "The folder of the server's socket.")
  private @Nullable Path folder;

  @Parameters(paramLabel = "SERVER", description = "nfs://host[:port]")
  private String server = "";

  private final String subject;

  /**
   * Creates a command.
   *
   * @param subject the objects that the command lists, for messages
   */
  AdminCommand(String subject) {
    this.subject = subject;
  }

  /** An operation on a server. Returns the exit code. */
  @FunctionalInterface
  interface Task {
    int run(AdminClient client) throws IOException;
  }

  /**
   * Returns the task that the options select.
   *
   * @throws IllegalArgumentException if the options contradict each other
   */
  abstract Task task();

  /** Returns a task that is not a list, and checks that the options allow it. */
  Task change(String option, Task task) {
    if (json) {
      throw new IllegalArgumentException("--json cannot be combined with " + option);
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
          "specify a server without a path, nfs://host[:port], to show its "
              + subject
              + ": "
              + server);
    }
    Task task = task();
    List<AdminFolder> folders =
        folder == null ? AdminFolder.known() : List.of(AdminFolder.forLookup(folder));
    try (SystemEnv env = new SystemEnv(RECEIVE_BYTES_MAX);
        AdminClient client = AdminLookup.connect(env, url, folders)) {
      return task.run(client);
    }
  }
}
