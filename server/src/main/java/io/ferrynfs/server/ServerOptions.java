package io.ferrynfs.server;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The options of a server that are not limits. */
public final class ServerOptions {
  private final CopyRules copyRules;
  private final List<InetSocketAddress> announced;
  private final CopySources copySources;
  private final IdMapper ids;
  private final @Nullable GroupSource groups;

  private ServerOptions(Builder from) {
    copyRules = from.copyRules;
    announced = List.copyOf(from.announced);
    copySources = from.copySources;
    ids = from.ids;
    groups = from.groups;
    if (announced.stream().anyMatch(InetSocketAddress::isUnresolved)) {
      throw new IllegalArgumentException("not resolved: " + announced);
    }
  }

  /** The rules for COPY where existing clients and RFC 7862 section 15.2.3 differ. */
  public enum CopyRules {
    /**
     * The behaviour that Linux clients expect: a range beyond the end of the source is a short
     * copy, ranges inside one file may touch, and COPY fails with NFS4ERR_OFFLOAD_DENIED if the
     * source is unreachable.
     */
    LINUX,
    /** The behaviour of RFC 7862 section 15.2.3. */
    RFC7862
  }

  /**
   * Returns the defaults: the rules for Linux clients, no further address, sources in the networks
   * of this machine, and numbers for users.
   */
  public static ServerOptions defaults() {
    return builder().build();
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder with these options. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.copyRules = copyRules;
    builder.announced = announced;
    builder.copySources = copySources;
    builder.ids = ids;
    builder.groups = groups;
    return builder;
  }

  /** Returns the rules for COPY where existing clients and RFC 7862 section 15.2.3 differ. */
  public CopyRules copyRules() {
    return copyRules;
  }

  /**
   * Returns the addresses that COPY_NOTIFY announces in addition to the address that the client
   * itself uses. Other servers read from this server at these addresses.
   */
  public List<InetSocketAddress> announced() {
    return announced;
  }

  /** Returns the servers from which this server copies. */
  public CopySources copySources() {
    return copySources;
  }

  /** Returns the mapping of user and group names. */
  public IdMapper ids() {
    return ids;
  }

  /** Returns the database of the groups of users; null to use the groups of the credential. */
  public @Nullable GroupSource groups() {
    return groups;
  }

  /** A builder of ServerOptions. */
  public static final class Builder {
    private CopyRules copyRules = CopyRules.LINUX;
    private List<InetSocketAddress> announced = List.of();
    private CopySources copySources = CopySources.ofOwnNetworks();
    private IdMapper ids = IdMapper.NUMBERS;
    private @Nullable GroupSource groups;

    private Builder() {}

    /** Sets the rules for COPY where existing clients and RFC 7862 section 15.2.3 differ. */
    public Builder copyRules(CopyRules value) {
      copyRules = Objects.requireNonNull(value);
      return this;
    }

    /**
     * Sets the addresses that COPY_NOTIFY announces in addition to the address that the client
     * itself uses. Other servers read from this server at these addresses. Port 0 stands for the
     * port of the client's connection.
     */
    public Builder announced(List<InetSocketAddress> value) {
      announced = value;
      return this;
    }

    /** Sets the servers from which this server copies. */
    public Builder copySources(CopySources value) {
      copySources = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the mapping of user and group names. */
    public Builder ids(IdMapper value) {
      ids = Objects.requireNonNull(value);
      return this;
    }

    /** Sets the database of the groups of users; null to use the groups of the credential. */
    public Builder groups(@Nullable GroupSource value) {
      groups = value;
      return this;
    }

    /**
     * Returns the options.
     *
     * @throws IllegalArgumentException if an announced address is not resolved
     */
    public ServerOptions build() {
      return new ServerOptions(this);
    }
  }
}
