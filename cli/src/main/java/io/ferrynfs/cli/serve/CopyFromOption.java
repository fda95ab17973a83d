package io.ferrynfs.cli.serve;

import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.IpNetwork;
import java.util.List;

/** Parses {@code --copy-from}. */
public final class CopyFromOption {
  private static final String NONE = "none";
  private static final String LOCAL = "local";

  private CopyFromOption() {}

  /**
   * Returns the servers from which this server copies.
   *
   * @param networks {@code none}, or networks; {@code local} means the networks of this machine,
   *     and is the default
   * @throws IllegalArgumentException if one is not a network; the message names it
   */
  public static CopySources parse(List<String> networks) {
    if (networks.isEmpty()) {
      return CopySources.ofOwnNetworks();
    }
    if (networks.equals(List.of(NONE))) {
      return CopySources.none();
    }
    if (networks.contains(NONE)) {
      throw new IllegalArgumentException("--copy-from none excludes other values");
    }
    return new CopySources(
        networks.contains(LOCAL),
        networks.stream().filter(network -> !network.equals(LOCAL)).map(IpNetwork::parse).toList());
  }
}
