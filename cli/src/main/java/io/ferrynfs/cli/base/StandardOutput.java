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
 * The standard output of this process, which records write errors.
 *
 * <p>A {@link PrintStream} hides the cause of an error. Without the record, a command that prints
 * to a full disk would appear to succeed.
 */
public final class StandardOutput {
  private static final String BROKEN_PIPE = "Broken pipe";

  private final Recording recording;

  private StandardOutput(Recording recording) {
    this.recording = recording;
  }

  /** Replaces {@code System.out}. */
  public static StandardOutput install() {
    Recording recording = new Recording(new FileOutputStream(FileDescriptor.out));
    System.setOut(new PrintStream(recording, false, StandardCharsets.UTF_8));
    return new StandardOutput(recording);
  }

  /**
   * Flushes the output and returns the exit code of the command.
   *
   * @param exit the exit code if the output was written
   */
  public int finish(int exit) {
    System.out.flush();
    IOException failure = recording.failure;
    if (failure == null) {
      return exit;
    }
    if (!String.valueOf(failure.getMessage()).contains(BROKEN_PIPE)) {
      // A reader such as head(1) that closes the pipe needs no message.
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
