package io.ferrynfs.cli.base;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;

/**
 * The output of a command. Results go to standard output, messages to standard error. Control
 * characters are escaped ({@link Printable#line}).
 */
public final class Console {
  private static final int COPY_BYTES = 64 << 10;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean terminal;

  /**
   * Creates a console.
   *
   * @param terminal whether standard error is a terminal, so that a progress line can be redrawn
   */
  public Console(PrintStream out, PrintStream err, boolean terminal) {
    this.out = out;
    this.err = err;
    this.terminal = terminal;
  }

  /**
   * Returns the console of this process. The launcher script sets {@code ferry.terminal} if
   * standard error is a terminal.
   */
  public static Console ofProcess() {
    return new Console(System.out, System.err, Boolean.getBoolean("ferry.terminal"));
  }

  public boolean isTerminal() {
    return terminal;
  }

  /**
   * Copies a stream to standard output without escaping.
   *
   * @throws IOException if reading or writing fails
   */
  public void copy(InputStream from) throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      out.write(buffer, 0, count);
      if (out.checkError()) {
        throw new IOException("cannot write to standard output");
      }
    }
  }

  public void line(String text) {
    out.println(Printable.line(text));
    out.flush();
  }

  /** Prints an error message. */
  public void error(String text) {
    err.println("ferry: " + Printable.line(text));
    err.flush();
  }

  /** Prints the error of an operation on a place. */
  public void error(String place, IOException e) {
    error(ErrorText.line(place, e));
  }

  /** Prints a message to standard error without a prefix. */
  public void note(String text) {
    err.println(Printable.line(text));
    err.flush();
  }

  /** Redraws the progress line. */
  public void redraw(String text) {
    err.print("\r\u001b[K" + Printable.line(text));
    err.flush();
  }
}
