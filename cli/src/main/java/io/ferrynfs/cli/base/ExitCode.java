package io.ferrynfs.cli.base;

/** What {@code ferry} ends with; documented in docs/cli.md. */
public final class ExitCode {
  /** Everything asked for was done. */
  public static final int OK = 0;

  /** Something was not done; what and why is on standard error. */
  public static final int FAILED = 1;

  /** The command line is wrong; nothing was tried. */
  public static final int USAGE = 2;

  /** A server could not be reached or stopped answering. */
  public static final int UNREACHABLE = 69;

  /** A fault of ferry itself. */
  public static final int INTERNAL = 70;

  /** Told to end (Ctrl-C, SIGTERM) before everything was done. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
