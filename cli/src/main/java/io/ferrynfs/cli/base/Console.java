package io.ferrynfs.cli.base;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;

/**
 * Where a command prints. Results go to standard output, all else to standard error. Nothing in a
 * line can drive the terminal ({@link Printable#line}).
 */
public final class Console {
  private static final int COPY_BYTES = 64 << 10;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;

  /**
   * @param terminal whether a person watches standard error, so that a line may be drawn over
   */
  public Console(PrintStream out, PrintStream err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /** The console of this process; the launcher says whether standard error is a terminal. */
  public static Console ofProcess() {
    return new Console(System.out, System.err, Boolean.getBoolean("ferry.terminal"));
  }

  public boolean isTerminal() {
    return terminal;
  }

  /**
   * Prints bytes as they are, to their end.
   *
   * @throws IOException if they cannot be read, or not be written
   */
  public void copy(InputStream from) throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      out.write(buffer, 0, count);
      if (out.checkError()) {
        throw new IOException("standard output cannot be written any further");
      }
    }
  }

  public void line(String text) {
    out.println(Printable.line(text));
    out.flush();
  }

  /** Tells of something that was not done. */
  public void error(String text) {
    err.println("ferry: " + Printable.line(text));
    err.flush();
  }

  /** Tells what failed at a place. */
  public void error(String place, IOException e) {
    error(Failures.line(place, e));
  }

  /** A remark that is not a result. */
  public void note(String text) {
    err.println(Printable.line(text));
    err.flush();
  }

  /** Draws over the line drawn before. */
  public void redraw(String text) {
    err.print("\r\u001b[K" + Printable.line(text));
    err.flush();
  }
}
