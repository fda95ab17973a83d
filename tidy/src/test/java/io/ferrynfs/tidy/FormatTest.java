package io.ferrynfs.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.FormatterException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Checks the format of all Java files. It takes seconds, or minutes on a busy machine, so it has no
 * time limit.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FormatTest {
  private final Sources sources = new Sources(Path.of(".."));

  @Test
  void everyJavaFileIsFormatted() throws FormatterException {
    List<String> unformatted = new ArrayList<>();
    for (Path file : sources.javaFiles()) {
      String text = Sources.read(file);
      if (!Format.format(text).equals(text)) {
        unformatted.add(sources.name(file));
      }
    }
    assertThat(unformatted).as("run ./format").isEmpty();
  }
}
