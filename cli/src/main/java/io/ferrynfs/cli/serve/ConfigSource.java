package io.ferrynfs.cli.serve;

import java.io.IOException;
import java.util.List;

/** The configuration that a running server reads at a reload. */
public interface ConfigSource {

  /**
   * Reads the configuration.
   *
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException if it has errors; the message has all of them
   */
  Config read() throws IOException;

  /** Returns the position of an export's key, as the prefix of a message. */
  String where(int export, String key);

  /**
   * The configuration.
   *
   * @param exports all directories to serve
   * @param ignored the other options that changed since the start, which take effect at the next
   *     start
   */
  record Config(List<ServedDirectory> exports, List<String> ignored) {}
}
