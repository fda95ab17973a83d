package ferry.server.config;

import ferry.server.access.IdMapper;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What the administrator chose.
 *
 * @param copyRules how strictly COPY treats ranges beyond the end of the file and one file twice,
 *     and how it tells what is wrong with another server
 * @param announced where other servers reach this one to read for its clients (COPY_NOTIFY),
 *     besides the address that the client itself uses; port 0 stands for the port that it uses
 * @param copySources from which other servers files are copied
 * @param ids the names of users and groups
 */
public record ServerOptions(
    CopyRules copyRules, List<InetSocketAddress> announced, CopySources copySources, IdMapper ids) {

  /** Checks that the addresses are addresses. */
  public ServerOptions {
    announced = List.copyOf(announced);
    if (announced.stream().anyMatch(InetSocketAddress::isUnresolved)) {
      throw new IllegalArgumentException("not resolved: " + announced);
    }
  }

  /**
   * With no other address than the one that clients use, and sources in this machine's networks.
   */
  public ServerOptions(CopyRules copyRules) {
    this(copyRules, List.of(), CopySources.ofOwnNetworks(), IdMapper.NUMBERS);
  }

  /** The switch of protocol/copy-conformance.md section 18. */
  public enum CopyRules {
    /** What clients in the field expect: short counts, copies inside one file. */
    LINUX,
    /** RFC 7862 15.2.3 to the letter. */
    RFC7862
  }

  /** The same with these addresses for other servers. */
  public ServerOptions withAnnounced(List<InetSocketAddress> addresses) {
    return new ServerOptions(copyRules, addresses, copySources, ids);
  }

  /** The same with other servers to copy from. */
  public ServerOptions withCopySources(CopySources sources) {
    return new ServerOptions(copyRules, announced, sources, ids);
  }

  /** The same with these names. */
  public ServerOptions withIds(IdMapper mapper) {
    return new ServerOptions(copyRules, announced, copySources, mapper);
  }

  /** What fits Linux clients. */
  public static ServerOptions defaults() {
    return new ServerOptions(CopyRules.LINUX);
  }
}
