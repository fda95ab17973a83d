package io.ferrynfs.cli.endtoend;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** {@code ferry serve} in a Java process of its own, with the classes under test. */
final class ServeProcess implements AutoCloseable {
  private static final String READY = "listening on 127.0.0.1:";

  private final List<String> directories;
  private final Path state;
  private final List<String> options;
  private Process process;
  private String notes = "";
  private int port;

  ServeProcess(Path directory, Path state) throws IOException {
    this(List.of(directory.toString()), state);
  }

  /**
   * @param directories as the command line has them
   * @param options further ones
   */
  ServeProcess(List<String> directories, Path state, String... options) throws IOException {
    this.directories = directories;
    this.state = state;
    this.options = List.of(options);
    process = start();
  }

  /** The {@code ferry} command in a process of its own, which Ctrl-C reaches in any case. */
  static ProcessBuilder ferry(List<String> arguments) {
    List<String> command = new ArrayList<>();
    // What runs in a shell's background ignores SIGINT, and so do its children.
    Collections.addAll(command, "env", "--default-signal=INT");
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Collections.addAll(
        command,
        "--enable-native-access=ALL-UNNAMED",
        "-XX:TieredStopAtLevel=1",
        "-Xmx128m",
        "-cp",
        System.getProperty("java.class.path"),
        "io.ferrynfs.cli.Ferry");
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }

  private Process start() throws IOException {
    List<String> arguments = new ArrayList<>(List.of("serve", "--listen", "127.0.0.1:" + port));
    Collections.addAll(arguments, "--state", state.toString(), "--admin", admin().toString());
    arguments.addAll(options);
    arguments.addAll(directories);
    Process started = ferry(arguments).redirectErrorStream(true).start();
    StringBuilder said = new StringBuilder();
    BufferedReader lines = started.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(READY)) {
        port = Integer.parseInt(line.substring(READY.length()).strip());
        notes = said.toString();
        return started;
      }
      said.append(line).append('\n');
    }
    throw new IOException("ferry serve did not start: " + said);
  }

  /** What it said before it listened. */
  String notes() {
    return notes;
  }

  /** Where its administration socket is. */
  Path admin() {
    return state.resolve("admin");
  }

  /** {@code nfs://HOST:PORT}. */
  String url() {
    return "nfs://127.0.0.1:" + port;
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
