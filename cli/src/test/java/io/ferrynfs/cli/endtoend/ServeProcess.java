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

/** A {@code ferry serve} process with the classes under test. */
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
   * Creates a server.
   *
   * @param directories the directories as on the command line
   * @param options further options
   */
  ServeProcess(List<String> directories, Path state, String... options) throws IOException {
    this.directories = directories;
    this.state = state;
    this.options = List.of(options);
    process = start();
  }

  /** Returns a {@code ferry} process that SIGINT reaches. */
  static ProcessBuilder ferry(List<String> arguments) {
    List<String> command = new ArrayList<>();
    // Background jobs of a shell ignore SIGINT, and so do their children.
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

  /** Returns the output before it listened. */
  String notes() {
    return notes;
  }

  /** Returns the folder of its administration socket. */
  Path admin() {
    return state.resolve("admin");
  }

  /** Returns {@code nfs://HOST:PORT}. */
  String url() {
    return "nfs://127.0.0.1:" + port;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  NfsClient connect() throws NfsException {
    return NfsClient.connect("127.0.0.1", port);
  }

  /** Sends SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Starts the same command on the same port. */
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
