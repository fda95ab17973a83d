package io.ferrynfs.server;

import java.util.List;

/**
 * The servers from which this server copies on request of a client (RFC 7862 section 4). The client
 * names the address of the source, so this setting limits the addresses to which a client can make
 * the server connect.
 *
 * @param local whether the networks of this machine's interfaces are allowed, and also loopback if
 *     the server listens only there
 * @param networks further networks that are allowed. Link-local, multicast and unspecified
 *     addresses are never allowed
 */
public record CopySources(boolean local, List<IpNetwork> networks) {

  public CopySources {
    networks = List.copyOf(networks);
  }

  /**
   * Returns a setting without copies between servers: a COPY with source servers fails with
   * NFS4ERR_NOTSUPP.
   */
  public static CopySources none() {
    return new CopySources(false, List.of());
  }

  /** Returns a setting that allows servers in the networks of this machine. */
  public static CopySources ofOwnNetworks() {
    return new CopySources(true, List.of());
  }

  /** Returns whether the server copies from any other server. */
  public boolean isEnabled() {
    return local || !networks.isEmpty();
  }
}
