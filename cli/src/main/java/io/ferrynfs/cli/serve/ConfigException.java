package io.ferrynfs.cli.serve;

import java.util.List;

/** A configuration file that is wrong; says everything that is, a line each. */
public final class ConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  ConfigException(List<String> problems) {
    super(String.join("\n", problems));
  }
}
