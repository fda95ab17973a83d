package io.ferrynfs.cli.base;

import io.ferrynfs.client.NfsException;
import io.ferrynfs.rpc.RpcException;
import java.io.IOException;

/** The exit codes of {@code ferry}, documented in docs/cli.md. */
public final class ExitCode {
  /** Everything was done. */
  public static final int OK = 0;

  /** Something was not done. Standard error has the reason. */
  public static final int FAILED = 1;

  /** The command line is wrong. Nothing was done. */
  public static final int USAGE = 2;

  /** A server could not be reached or stopped answering. */
  public static final int UNREACHABLE = 69;

  /** An internal error. */
  public static final int INTERNAL = 70;

  /** SIGINT or SIGTERM ended the command early. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}

  /** Returns the exit code for an error. */
  public static int of(IOException e) {
    boolean unreachable =
        switch (e) {
          case ServerNotFoundException _ -> true;
          case NfsException nfs ->
              nfs.is(NfsException.Reason.UNREACHABLE) || nfs.is(NfsException.Reason.TIMED_OUT);
          case RpcException rpc ->
              rpc.isConnectionFailure() || rpc.kind() == RpcException.Kind.TIMED_OUT;
          default -> false;
        };
    return unreachable ? UNREACHABLE : FAILED;
  }
}
