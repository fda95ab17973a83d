package io.ferrynfs.cli.serve;

import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.IpNetwork;
import java.util.List;

/** The option of a server that copies from others for its clients: {@code --copy-from}. */
public final class CopyFrom {
  private static final String NONE = "none";
  private static final String LOCAL = "local";

  private CopyFrom() {}

  /**
   * From where it copies.
   *
   * @param networks {@code none}, or networks, among which {@code local} stands for those of this
   *     machine; these alone when there is nothing
   * @throws IllegalArgumentException if one is no network, saying which
   */
  public static CopySources parse(List<String> networks) {
    if (networks.isEmpty()) {
      return CopySources.ofOwnNetworks();
    }
    if (networks.equals(List.of(NONE))) {
      return CopySources.none();
    }
    if (networks.contains(NONE)) {
      throw new IllegalArgumentException("--copy-from none stands alone");
    }
    return new CopySources(
        networks.contains(LOCAL),
        networks.stream().filter(network -> !network.equals(LOCAL)).map(IpNetwork::parse).toList());
  }
}
