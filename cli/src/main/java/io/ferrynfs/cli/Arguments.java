package io.ferrynfs.cli;

import io.ferrynfs.cli.base.ByteText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments of this process as the bytes that they are. The JVM makes strings of them, and of
 * bytes that are no UTF-8 the same character each; the kernel keeps the originals.
 */
final class Arguments {
  private Arguments() {}

  /**
   * The arguments without loss, as {@link ByteText} has them.
   *
   * @param decoded as the JVM gave them
   */
  static String[] ofProcess(String[] decoded) {
    if (Arrays.stream(decoded).noneMatch(argument -> argument.chars().anyMatch(c -> c > 0x7e))) {
      return decoded;
    }
    try {
      return lastOf(Files.readAllBytes(Path.of("/proc/self/cmdline")), decoded);
    } catch (IOException e) {
      throw new IllegalStateException(
          "an argument is no UTF-8, and /proc, which has its bytes, cannot be read", e);
    }
  }

  /** The last arguments of a command line, whose first are the JVM's own. */
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
