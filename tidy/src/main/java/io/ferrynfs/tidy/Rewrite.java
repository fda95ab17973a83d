package io.ferrynfs.tidy;

import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Path;

/** What {@code ./format} runs: rewrites all that is written by rule and not by hand. */
public final class Rewrite {
  private Rewrite() {}

  /**
   * @param args the repository's folder
   */
  public static void main(String[] args) throws IOException, FormatterException {
    Path root = Path.of(args[0]);
    Format.all(new Sources(root));
    for (String file : Conformance.of(root).rewrite()) {
      System.out.println("rewrote " + file);
    }
  }
}
