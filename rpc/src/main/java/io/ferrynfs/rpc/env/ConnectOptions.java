package io.ferrynfs.rpc.env;

import java.time.Duration;

/**
 * How to connect.
 *
 * @param timeout after which the attempt fails
 * @param reservedPort whether to use a local port below 1024 where this process may; many servers
 *     take AUTH_SYS only from there (the {@code secure} export option of Linux). Where it may not,
 *     any port is used
 */
public record ConnectOptions(Duration timeout, boolean reservedPort) {

  /** Any local port, with a time-out. */
  public static ConnectOptions within(Duration timeout) {
    return new ConnectOptions(timeout, false);
  }
}
