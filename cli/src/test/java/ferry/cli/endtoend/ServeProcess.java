package ferry.cli.endtoend;

import ferry.client.NfsClient;
import ferry.client.NfsException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** {@code ferry serve} in a Java process of its own, with the classes under test. */
final class ServeProcess implements AutoCloseable {
  private static final String READY = "listening on 127.0.0.1:";

  private final Path directory;
  private final Path state;
  private Process process;
  private int port;

  ServeProcess(Path directory, Path state) throws IOException {
    this.directory = directory;
    this.state = state;
    process = start();
  }

  private Process start() throws IOException {
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                "ferry.cli.Ferry",
                "serve",
                directory.toString(),
                "--listen",
                "127.0.0.1:" + port,
                "--state",
                state.toString(),
                "--admin",
                state.resolve("admin").toString())
            .redirectErrorStream(true)
            .start();
    StringBuilder said = new StringBuilder();
    BufferedReader lines = started.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(READY)) {
        port = Integer.parseInt(line.substring(READY.length()).strip());
        return started;
      }
      said.append(line).append('\n');
    }
    throw new IOException("ferry serve did not start: " + said);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  NfsClient connect() throws NfsException {
    return NfsClient.connect("127.0.0.1", port);
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** The same command again, on the same port. */
  void restart() throws IOException {
    process = start();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor(Duration.ofSeconds(20));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
