package io.ferrynfs.bench.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server in a separate process, which prints a line with its address when it is ready. */
final class ChildProcess implements AutoCloseable {
  private static final long END_SECONDS_MAX = 20;

  /** The maximum length of a failed command's output in the exception, in characters. */
  private static final int SHOWN_CHARACTERS_MAX = 2000;

  private final Process process;
  private final String ready;

  private ChildProcess(Process process, String ready) {
    this.process = process;
    this.ready = ready;
  }

  /** Starts a command and waits for a line that begins with {@code prefix}. */
  static ChildProcess start(List<String> command, String prefix) throws IOException {
    return start(command, prefix, ProcessBuilder.Redirect.INHERIT);
  }

  /**
   * Starts a command with its standard error in a file, and waits for a line that begins with
   * {@code prefix}.
   */
  static ChildProcess start(List<String> command, String prefix, Path errors) throws IOException {
    return start(command, prefix, ProcessBuilder.Redirect.to(errors.toFile()));
  }

  private static ChildProcess start(
      List<String> command, String prefix, ProcessBuilder.Redirect errors) throws IOException {
    Process process = new ProcessBuilder(command).redirectError(errors).start();
    // The reader is not closed because the process may continue to print.
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(prefix)) {
        return new ChildProcess(process, line.substring(prefix.length()).strip());
      }
    }
    process.destroyForcibly();
    throw new IOException("the command did not become ready: " + String.join(" ", command));
  }

  /** Runs a command to its end and returns its output. */
  static String output(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      String shown = text.substring(0, Math.min(text.length(), SHOWN_CHARACTERS_MAX));
      throw new IOException("the command failed: " + String.join(" ", command) + "\n" + shown);
    }
    return text;
  }

  /** Returns the rest of the line that reported readiness, after the prefix. */
  String ready() {
    return ready;
  }

  long pid() {
    return process.pid();
  }

  /** Returns the command line of the running process. */
  List<String> arguments() throws IOException {
    return List.of(
        Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
            .split("\0", -1));
  }

  /** Returns the peak resident set size in bytes, or -1 if the process has ended. */
  long residentBytesMax() throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    @Nullable String line =
        Files.readAllLines(status).stream()
            .filter(text -> text.startsWith("VmHWM:"))
            .findFirst()
            .orElse(null);
    return line == null ? -1 : Long.parseLong(line.replaceAll("\\D", "")) * 1024;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException(e);
    }
  }
}
