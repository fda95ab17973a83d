package io.ferrynfs.cli.serve;

import java.util.List;

/** Thrown if a configuration file has errors. The message has a line for each. */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  ConfigException(List<String> problems) {
    super(String.join("\n", problems));
  }
}
