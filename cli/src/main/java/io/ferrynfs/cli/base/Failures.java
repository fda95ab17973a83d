package io.ferrynfs.cli.base;

import io.ferrynfs.client.NfsException;
import io.ferrynfs.rpc.RpcException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;

/** Turns an exception into what a person wants to read after the name of a file. */
public final class Failures {
  private Failures() {}

  /** The exit code that an error makes, see {@link ExitCode}. */
  public static int exitCode(IOException e) {
    boolean unreachable =
        switch (e) {
          case NfsException nfs ->
              nfs.is(NfsException.Reason.UNREACHABLE) || nfs.is(NfsException.Reason.TIMED_OUT);
          case RpcException rpc ->
              rpc.isConnectionFailure() || rpc.kind() == RpcException.Kind.TIMED_OUT;
          default -> false;
        };
    return unreachable ? ExitCode.UNREACHABLE : ExitCode.FAILED;
  }

  /** What went wrong at a place; a message that names it already is not given its name again. */
  public static String line(String shown, IOException e) {
    String text = text(e);
    String url = shown.endsWith("/") ? shown.substring(0, shown.length() - 1) : shown;
    return url.startsWith("nfs://") && text.contains(url + ":") ? text : shown + ": " + text;
  }

  /** What went wrong, without the name of the file that it went wrong with. */
  public static String text(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file or directory";
      case AccessDeniedException denied -> "permission denied";
      case FileAlreadyExistsException exists -> "already exists";
      case DirectoryNotEmptyException full -> "directory is not empty";
      case FileSystemLoopException loop -> "too many levels of symbolic links";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
