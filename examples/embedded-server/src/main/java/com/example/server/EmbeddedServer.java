package com.example.server;

import io.ferrynfs.server.NfsServer;
import io.ferrynfs.storage.linux.LinuxVolume;
import io.ferrynfs.storage.linux.Options;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Serves a directory over NFS until standard input ends. */
public final class EmbeddedServer {
  private EmbeddedServer() {}

  /**
   * Serves.
   *
   * @param args the directory to serve, a directory for the state of the server, and the TCP port (0 for a free one)
   */
  public static void main(String[] args) throws Exception {
    if (args.length != 3) {
      System.err.println("usage: EmbeddedServer DIRECTORY STATE-DIRECTORY PORT");
      System.exit(64);
    }
    Path directory = Path.of(args[0]);
    Path state = Files.createDirectories(Path.of(args[1]));
    int port = Integer.parseInt(args[2]);
    try (LinuxVolume volume = LinuxVolume.open(directory, Options.of(state));
        NfsServer server =
            NfsServer.builder()
                .listen(new InetSocketAddress("127.0.0.1", port))
                .export("/", volume)
                .clientRegistry(state.resolve("clients"))
                .start()) {
      System.out.println("serving " + directory + " at " + server.localAddress());
      awaitEndOfInput();
      System.out.println(server.statistics().requests().compounds() + " requests served");
    }
  }

  private static void awaitEndOfInput() throws IOException {
    while (System.in.read() >= 0) {
      // Input is ignored.
    }
  }
}
