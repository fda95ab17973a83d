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
 * The users and groups of this machine, as {@code getent} lists them from files and directory
 * services. They are read at the start and periodically, so that no request waits for a directory
 * service.
 */
public final class UserDatabase {
  private static final long PERIOD_MILLIS = 5 * 60_000L;
  private static final long SECONDS_MAX = 10;

  private UserDatabase() {}

  /**
   * Returns the names of a domain, which are refreshed while this process runs.
   *
   * @throws IOException if the first listing fails
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
                // The previous names stay in use until the next period.
              }
            });
    return ids;
  }

  /** Parses a list. The first field of a line is the name, the third the number. */
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
        throw new IOException("getent " + what + " returned no entries");
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
