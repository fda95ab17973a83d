package io.ferrynfs.cli.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A {@code ferry serve} process on loopback. */
final class ServerProcess implements AutoCloseable {
  private static final String READY = "listening on ";
  private static final long END_SECONDS_MAX = 20;

  private final Process process;
  private final String address;

  private ServerProcess(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param launcher the {@code ferry} script
   * @param directory the directory to serve
   * @param state the state folder
   * @param log the file for its messages
   * @param started receives the process as soon as it runs
   */
  static ServerProcess start(
      Path launcher, Path directory, Path state, Path log, Consumer<Process> started)
      throws IOException {
    Process process =
        new ProcessBuilder(
                launcher.toString(),
                "serve",
                directory.toString(),
                "--listen",
                "127.0.0.1:0",
                "--state",
                state.toString(),
                "--admin",
                state.resolve("admin").toString())
            .redirectError(log.toFile())
            .start();
    started.accept(process);
    process.getOutputStream().close();
    try {
      // The reader stays open because the server may still print; it ends with the process.
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(READY)) {
          return new ServerProcess(process, line.substring(READY.length()).strip());
        }
      }
      throw new IOException("a server did not start: " + Files.readString(log).strip());
    } catch (IOException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  long pid() {
    return process.pid();
  }

  /** {@code nfs://HOST:PORT}. */
  String url() {
    return "nfs://" + address;
  }

  /** Stops the server by SIGTERM, or kills it if it does not exit in time. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IOException("server " + address + " did not exit after SIGTERM");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException("interrupted while a server exited", e);
    }
    if (process.exitValue() != 0) {
      throw new IOException("server " + address + " exited with " + process.exitValue());
    }
  }
}
