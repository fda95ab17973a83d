package io.ferrynfs.client.session;

import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Options of a session. Immutable. */
public final class SessionOptions {

  /**
   * A {@link #progressTimeout} without end: requests wait while the server is unreachable or
   * silent, but not while it ends one connection after another.
   */
  public static final Duration FOREVER = Duration.ofDays(3650);

  private final InetSocketAddress address;
  private final Credential credential;
  private final Opaque ownerName;
  private final int minorVersion;
  private final int slotsMax;
  private final int transferBytesMax;
  private final Duration connectTimeout;
  private final Duration progressTimeout;
  private final boolean reservedPort;

  private SessionOptions(Builder from) {
    address = from.address;
    credential = from.credential;
    ownerName = from.ownerName;
    minorVersion = from.minorVersion;
    slotsMax = from.slotsMax;
    transferBytesMax = from.transferBytesMax;
    connectTimeout = from.connectTimeout;
    progressTimeout = from.progressTimeout;
    reservedPort = from.reservedPort;
  }

  /**
   * Returns a builder with the defaults.
   *
   * @param address the server
   * @param credential the credential of requests that name no other caller
   * @param ownerName co_ownerid
   */
  public static Builder builder(
      InetSocketAddress address, Credential credential, Opaque ownerName) {
    return new Builder(address, credential, ownerName);
  }

  /** Returns a builder with the values of these options. */
  public Builder toBuilder() {
    Builder builder = new Builder(address, credential, ownerName);
    builder.minorVersion = minorVersion;
    builder.slotsMax = slotsMax;
    builder.transferBytesMax = transferBytesMax;
    builder.connectTimeout = connectTimeout;
    builder.progressTimeout = progressTimeout;
    builder.reservedPort = reservedPort;
    return builder;
  }

  /** Returns the address of the server. */
  public InetSocketAddress address() {
    return address;
  }

  /** Returns the credential of requests that name no other caller. */
  public Credential credential() {
    return credential;
  }

  /** Returns co_ownerid. */
  public Opaque ownerName() {
    return ownerName;
  }

  /** Returns the highest minor version to request. */
  public int minorVersion() {
    return minorVersion;
  }

  /** Returns the maximum number of concurrent requests. */
  public int slotsMax() {
    return slotsMax;
  }

  /** Returns the maximum number of bytes of one READ or WRITE. */
  public int transferBytesMax() {
    return transferBytesMax;
  }

  /** Returns the time-out of one attempt to connect, and of each step of creating a session. */
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /** Returns how long a request may be pending without progress. */
  public Duration progressTimeout() {
    return progressTimeout;
  }

  /** Returns whether to connect from a local port below 1024, if the process may. */
  public boolean reservedPort() {
    return reservedPort;
  }

  /** Returns host and port of the server, for people. */
  String server() {
    String host = address.getHostString();
    return host.indexOf(':') >= 0 ? HostText.of(address) : host + ":" + address.getPort();
  }

  /** Builds options of a session. For one thread. */
  public static final class Builder {
    private final InetSocketAddress address;
    private final Credential credential;
    private final Opaque ownerName;
    private int minorVersion = 2;
    private int slotsMax = 64;
    private int transferBytesMax = 1 << 20;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration progressTimeout = Duration.ofSeconds(60);
    private boolean reservedPort;

    private Builder(InetSocketAddress address, Credential credential, Opaque ownerName) {
      this.address = address;
      this.credential = credential;
      this.ownerName = ownerName;
    }

    /** Sets the highest minor version to request; default 2. */
    public Builder minorVersion(int value) {
      minorVersion = value;
      return this;
    }

    /** Sets the maximum number of concurrent requests; default 64. */
    public Builder slotsMax(int value) {
      slotsMax = value;
      return this;
    }

    /** Sets the maximum number of bytes of one READ or WRITE; default 1 MiB. */
    public Builder transferBytesMax(int value) {
      transferBytesMax = value;
      return this;
    }

    /**
     * Sets the time-out of one attempt to connect, and of each step of creating a session; default
     * 5 s.
     */
    public Builder connectTimeout(Duration value) {
      connectTimeout = value;
      return this;
    }

    /**
     * Sets how long a request may be pending without progress, or {@link #FOREVER}; default 60 s.
     */
    public Builder progressTimeout(Duration value) {
      progressTimeout = value;
      return this;
    }

    /** Sets whether to connect from a local port below 1024, if the process may; default false. */
    public Builder reservedPort(boolean value) {
      reservedPort = value;
      return this;
    }

    /** Returns the options. */
    public SessionOptions build() {
      return new SessionOptions(this);
    }
  }
}
