package io.ferrynfs.tidy;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Rewrites every Java file of the repository in google-java-format. */
final class Format {
  private Format() {}

  /** Rewrites the files that are not formatted, and prints their names. */
  static void all(Sources sources) throws IOException, FormatterException {
    for (Path file : sources.javaFiles()) {
      String text = Sources.read(file);
      String formatted = format(text);
      if (!formatted.equals(text)) {
        Files.writeString(file, formatted);
        System.out.println("formatted " + sources.name(file));
      }
    }
  }

  /** Returns the formatted text, including imports. */
  static String format(String text) throws FormatterException {
    return new Formatter().formatSourceAndFixImports(text);
  }
}
