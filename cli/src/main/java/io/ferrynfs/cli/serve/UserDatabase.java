package io.ferrynfs.cli.serve;

import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.server.NamedIds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The users and groups of this machine, as {@code getent} lists them: those of its files, and of a
 * directory service where that can be listed. Read when the server starts and again from time to
 * time, so that no request waits for a directory service.
 */
public final class UserDatabase {
  private static final long PERIOD_MILLIS = 5 * 60_000L;
  private static final long SECONDS_MAX = 10;

  private UserDatabase() {}

  /**
   * The names for a domain, kept fresh as long as this process lives.
   *
   * @throws IOException if they cannot be listed even once
   */
  public static NamedIds of(String domain) throws IOException {
    NamedIds ids = new NamedIds(domain);
    ids.learn(list("passwd"), list("group"));
    var _ =
        Machine.every(
            PERIOD_MILLIS,
            () -> {
              try {
                ids.learn(list("passwd"), list("group"));
              } catch (IOException e) {
                // What was known stays good until the next time.
              }
            });
    return ids;
  }

  /** Name and number are the first and third field of a line, of either list. */
  static Map<String, Long> parse(List<String> lines) {
    Map<String, Long> ids = new LinkedHashMap<>();
    for (String line : lines) {
      String[] fields = line.split(":", 4);
      if (fields.length == 4 && fields[2].matches("\\d{1,10}") && !fields[0].isEmpty()) {
        ids.putIfAbsent(fields[0], Long.parseLong(fields[2]));
      }
    }
    return ids;
  }

  private static Map<String, Long> list(String what) throws IOException {
    Process getent =
        new ProcessBuilder("getent", what)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .start();
    try (AutoCloseable _ = Machine.after(SECONDS_MAX, getent::destroyForcibly);
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(getent.getInputStream(), StandardCharsets.UTF_8))) {
      Map<String, Long> ids = parse(lines.lines().limit(NamedIds.NAMES_MAX).toList());
      if (ids.isEmpty()) {
        throw new IOException("getent " + what + " lists nobody");
      }
      return ids;
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    } finally {
      getent.destroyForcibly();
    }
  }
}
