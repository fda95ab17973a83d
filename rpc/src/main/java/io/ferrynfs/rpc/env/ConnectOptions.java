package io.ferrynfs.rpc.env;

import java.time.Duration;

/**
 * The options of a connect.
 *
 * @param timeout the time after which the connect fails
 * @param reservedPort whether to bind to a local port below 1024, if this process is allowed to,
 *     and to any port otherwise. Many servers accept AUTH_SYS only from such ports (the {@code
 *     secure} export option of Linux)
 */
public record ConnectOptions(Duration timeout, boolean reservedPort) {

  /** Returns options with a time-out and any local port. */
  public static ConnectOptions within(Duration timeout) {
    return new ConnectOptions(timeout, false);
  }
}
