package io.ferrynfs.cli;

import io.ferrynfs.cli.base.ByteText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments of this process as bytes. The JVM decodes them and replaces every byte that is not
 * UTF-8 by the same character; /proc/self/cmdline has the original bytes.
 */
final class Arguments {
  private Arguments() {}

  /**
   * Returns the arguments in the encoding of {@link ByteText}.
   *
   * @param decoded the arguments as the JVM decoded them
   */
  static String[] ofProcess(String[] decoded) {
    if (Arrays.stream(decoded).noneMatch(argument -> argument.chars().anyMatch(c -> c > 0x7e))) {
      return decoded;
    }
    try {
      return lastOf(Files.readAllBytes(Path.of("/proc/self/cmdline")), decoded);
    } catch (IOException e) {
      throw new IllegalStateException(
          "an argument is not UTF-8, and /proc/self/cmdline cannot be read", e);
    }
  }

  /** Returns the last arguments of a command line. The first arguments are those of the JVM. */
  static String[] lastOf(byte[] commandLine, String[] decoded) {
    List<String> all = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0) {
        all.add(ByteText.of(Arrays.copyOfRange(commandLine, start, i)));
        start = i + 1;
      }
    }
    List<String> own = all.subList(Math.max(0, all.size() - decoded.length), all.size());
    return own.toArray(String[]::new);
  }
}
