package io.ferrynfs.cli.serve;

import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.server.GroupSource;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The groups of a user of this machine, from {@code getent} and {@code id}. A directory service
 * that does not allow to list all users works, too.
 */
final class UserGroups implements GroupSource {
  private static final long SECONDS_MAX = 10;
  private static final int LINES_MAX = 16;

  /** The exit code of getent for an unknown user. */
  private static final int NOT_FOUND = 2;

  private static final Pattern SPACES = Pattern.compile(" +");

  @Override
  public @Nullable List<Long> groupsOf(long uid) throws IOException {
    Output user = run("getent", "passwd", Long.toString(uid));
    if (user.exitCode == NOT_FOUND) {
      return null;
    }
    String name = user.line().split(":", 2)[0];
    if (name.isEmpty()) {
      throw new IOException("getent passwd " + uid + " returned no name");
    }
    return parse(run("id", "-G", "--", name).line());
  }

  /** Parses numbers separated by spaces. */
  static List<Long> parse(String line) throws IOException {
    try {
      return SPACES.splitAsStream(line.strip()).map(Long::parseLong).toList();
    } catch (NumberFormatException e) {
      throw new IOException("id returned no groups: " + line, e);
    }
  }

  /** The output and exit code of a program. */
  private record Output(String command, int exitCode, List<String> lines) {
    String line() throws IOException {
      if (exitCode != 0 || lines.isEmpty()) {
        throw new IOException(command + " ended with exit code " + exitCode);
      }
      return lines.getFirst();
    }
  }

  private static Output run(String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    try (AutoCloseable _ = Machine.after(SECONDS_MAX, process::destroyForcibly);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> written = lines.lines().limit(LINES_MAX).toList();
      boolean hasEnded = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
      return new Output(command[0], hasEnded ? process.exitValue() : -1, written);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
