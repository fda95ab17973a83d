package io.ferrynfs.cli.base;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** The texts of exceptions in messages for the user. */
public final class ErrorText {
  private ErrorText() {}

  /**
   * Returns the message for an error at a place. The place is not repeated if the text already
   * names it.
   */
  public static String line(String shown, IOException e) {
    String text = text(e);
    String url = shown.endsWith("/") ? shown.substring(0, shown.length() - 1) : shown;
    return url.startsWith("nfs://") && text.contains(url + ":") ? text : shown + ": " + text;
  }

  /** Returns the text of an error without the name of the file. */
  public static String text(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file or directory";
      case AccessDeniedException denied -> "permission denied";
      case FileAlreadyExistsException exists -> "already exists";
      case DirectoryNotEmptyException full -> "directory is not empty";
      case NotDirectoryException file -> "is not a directory";
      case FileSystemLoopException loop -> "too many levels of symbolic links";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }
}
