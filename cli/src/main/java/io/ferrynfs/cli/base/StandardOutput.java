package io.ferrynfs.cli.base;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The standard output of this process, which remembers why it could not be written: a {@link
 * PrintStream} keeps that to itself, and a command that prints to a full disk would seem to have
 * done what it was asked for.
 */
public final class StandardOutput {
  private static final String NOBODY_READS = "Broken pipe";

  private final Recording recording;

  private StandardOutput(Recording recording) {
    this.recording = recording;
  }

  /** Puts it in the place of {@code System.out}. */
  public static StandardOutput install() {
    Recording recording = new Recording(new FileOutputStream(FileDescriptor.out));
    System.setOut(new PrintStream(recording, false, StandardCharsets.UTF_8));
    return new StandardOutput(recording);
  }

  /**
   * The exit code of a command, once all that it printed is written.
   *
   * @param exit what it would end with otherwise
   */
  public int finish(int exit) {
    System.out.flush();
    IOException failure = recording.failure;
    if (failure == null) {
      return exit;
    }
    if (!String.valueOf(failure.getMessage()).contains(NOBODY_READS)) {
      // Who reads no further, as head(1), wants no more, and no message.
      Console.ofProcess().error("standard output: " + failure.getMessage());
    }
    return Math.max(exit, ExitCode.FAILED);
  }

  private static final class Recording extends FilterOutputStream {
    private volatile @Nullable IOException failure;

    Recording(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        }
        throw e;
      }
    }
  }
}
