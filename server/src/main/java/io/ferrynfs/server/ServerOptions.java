package io.ferrynfs.server;

import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the administrator chose.
 *
 * @param copyRules how strictly COPY treats ranges beyond the end of the file and one file twice,
 *     and how it tells what is wrong with another server
 * @param announced where other servers reach this one to read for its clients (COPY_NOTIFY),
 *     besides the address that the client itself uses; port 0 stands for the port that it uses
 * @param copySources from which other servers files are copied
 * @param ids the names of users and groups
 * @param groups who knows the groups of users; null for the client, by the credential
 */
public record ServerOptions(
    CopyRules copyRules,
    List<InetSocketAddress> announced,
    CopySources copySources,
    IdMapper ids,
    @Nullable GroupSource groups) {

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
    this(copyRules, List.of(), CopySources.ofOwnNetworks(), IdMapper.NUMBERS, null);
  }

  /** The switch of protocol/copy-conformance.md section 18. */
  public enum CopyRules {
    /** What clients in the field expect: short counts, copies inside one file. */
    LINUX,
    /** RFC 7862 section 15.2.3 to the letter. */
    RFC7862
  }

  /** The same with these addresses for other servers. */
  public ServerOptions withAnnounced(List<InetSocketAddress> addresses) {
    return new ServerOptions(copyRules, addresses, copySources, ids, groups);
  }

  /** The same with other servers to copy from. */
  public ServerOptions withCopySources(CopySources sources) {
    return new ServerOptions(copyRules, announced, sources, ids, groups);
  }

  /** The same with these names. */
  public ServerOptions withIds(IdMapper mapper) {
    return new ServerOptions(copyRules, announced, copySources, mapper, groups);
  }

  /** The same with a database that knows the groups of users. */
  public ServerOptions withGroups(@Nullable GroupSource database) {
    return new ServerOptions(copyRules, announced, copySources, ids, database);
  }

  /** What fits Linux clients. */
  public static ServerOptions defaults() {
    return new ServerOptions(CopyRules.LINUX);
  }
}
