package io.ferrynfs.client.session;

import io.ferrynfs.rpc.Credential;
import io.ferrynfs.rpc.address.HostText;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What a session is made with.
 *
 * @param address the server
 * @param credential who calls
 * @param ownerName co_ownerid
 * @param minorVersion the highest minor version to ask for
 * @param slotsMax the calls outstanding at once, at most
 * @param transferBytesMax the data of one READ or WRITE, at most
 * @param connectTimeout for one attempt to connect and for each step of making a session
 * @param progressTimeout how long a call waits without an answer; {@link #FOR_EVER} for as long as
 *     the server is away, but not if it is there and breaks connection after connection
 * @param reservedPort whether to connect from a local port below 1024 where that is allowed
 */
public record SessionOptions(
    InetSocketAddress address,
    Credential credential,
    Opaque ownerName,
    int minorVersion,
    int slotsMax,
    int transferBytesMax,
    Duration connectTimeout,
    Duration progressTimeout,
    boolean reservedPort) {

  /** A {@link #progressTimeout} that is never over. */
  public static final Duration FOR_EVER = Duration.ofDays(3650);

  /** From any local port. */
  public SessionOptions(
      InetSocketAddress address,
      Credential credential,
      Opaque ownerName,
      int minorVersion,
      int slotsMax,
      int transferBytesMax,
      Duration connectTimeout,
      Duration progressTimeout) {
    this(
        address,
        credential,
        ownerName,
        minorVersion,
        slotsMax,
        transferBytesMax,
        connectTimeout,
        progressTimeout,
        false);
  }

  /** The server as people name it: host and port. */
  String server() {
    String host = address.getHostString();
    return host.indexOf(':') >= 0 ? HostText.of(address) : host + ":" + address.getPort();
  }
}
