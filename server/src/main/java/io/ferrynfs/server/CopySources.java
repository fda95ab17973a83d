package io.ferrynfs.server;

import java.util.List;

/**
 * From which servers this one copies when a client asks it to (RFC 7862 section 4). A client names
 * the address that is connected to, so this is the fence around what it can make the server talk
 * to.
 *
 * @param local whether the networks of this machine's interfaces are allowed, and loopback where
 *     the server listens nowhere else
 * @param networks what is allowed besides. Link-local, multicast and unspecified addresses never
 *     are
 */
public record CopySources(boolean local, List<IpNetwork> networks) {

  public CopySources {
    networks = List.copyOf(networks);
  }

  /** No copies between servers: COPY with sources answers NFS4ERR_NOTSUPP. */
  public static CopySources none() {
    return new CopySources(false, List.of());
  }

  /** Servers of the networks that this machine is in. */
  public static CopySources ofOwnNetworks() {
    return new CopySources(true, List.of());
  }

  /** Whether there are copies between servers at all. */
  public boolean isEnabled() {
    return local || !networks.isEmpty();
  }
}
