package io.ferrynfs.tidy;

import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Path;

/** The program that {@code ./format} runs. It formats Java files and generates pages. */
public final class Rewrite {
  private Rewrite() {}

  /**
   * @param args the directory of the repository
   */
  public static void main(String[] args) throws IOException, FormatterException {
    Path root = Path.of(args[0]);
    Format.all(new Sources(root));
    for (String file : Conformance.of(root).rewrite()) {
      System.out.println("rewrote " + file);
    }
  }
}
