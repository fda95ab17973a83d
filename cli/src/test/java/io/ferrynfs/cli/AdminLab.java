package io.ferrynfs.cli;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.admin.AdminFolder;
import io.ferrynfs.cli.admin.AdminServer;
import io.ferrynfs.cli.admin.MemoryClients;
import io.ferrynfs.cli.admin.MemoryCopies;
import io.ferrynfs.cli.admin.MemoryExports;
import io.ferrynfs.cli.admin.MemoryStatistics;
import io.ferrynfs.rpc.env.SystemEnv;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * An administration socket with the copies, clients and exports of a test, and the commands that
 * use it.
 */
final class AdminLab implements AutoCloseable {
  static final String SERVER = "nfs://127.0.0.1:20490";

  final MemoryCopies copies = new MemoryCopies();
  final MemoryClients clients = new MemoryClients();
  final MemoryExports exports = new MemoryExports();
  final AdminServer server;
  private final SystemEnv env = new SystemEnv(8 << 20);
  private final Path folder;

  /** The folder of the sockets is below this folder, which need not exist. */
  AdminLab(Path folder) throws IOException {
    this.folder = folder;
    try {
      server = serve("127.0.0.1", 20490);
    } catch (IOException e) {
      env.close();
      throw e;
    }
  }

  /** Opens another socket with the same content; the caller closes it. */
  AdminServer serve(String host, int port) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(host), port);
    return AdminServer.open(
        env,
        AdminFolder.forServer(folder),
        address,
        copies,
        clients,
        exports,
        MemoryStatistics::some);
  }

  /** Runs a command that searches the lab's folder. */
  Result run(String command, String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = command;
    all[1] = "--admin";
    all[2] = folder.toString();
    System.arraycopy(arguments, 0, all, 3, arguments.length);
    return CommandLab.run(all);
  }

  @Override
  public void close() {
    server.close();
    env.close();
  }
}
