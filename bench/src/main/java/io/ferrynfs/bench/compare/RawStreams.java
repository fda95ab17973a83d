package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The C program of bench/reference: {@code sendfile} to {@code recv}, {@code send} to {@code recv}
 * and {@code pwrite}, and both ends of a copy.
 */
final class RawStreams {
  private final String binary;

  private RawStreams(String binary) {
    this.binary = binary;
  }

  /** Compiles the program with the machine's C compiler. */
  static RawStreams compile(Path source, Path folder) throws IOException, InterruptedException {
    Path binary = folder.resolve("raw");
    Files.createDirectories(folder);
    ChildProcess.output(List.of("cc", "-O2", "-o", binary.toString(), source.toString()));
    return new RawStreams(binary.toString());
  }

  ChildProcess sendfileServer(Path file) throws IOException {
    return ChildProcess.start(List.of(binary, "sendfile", file.toString()), "");
  }

  ChildProcess storeServer(Path file) throws IOException {
    return ChildProcess.start(List.of(binary, "store", file.toString()), "");
  }

  Contender receive(ChildProcess server, long bytes) {
    return () -> rate(bytes, ChildProcess.output(List.of(binary, "receive", server.ready())));
  }

  Contender send(ChildProcess server, long bytes) {
    return () ->
        rate(
            bytes,
            ChildProcess.output(List.of(binary, "send", server.ready(), Long.toString(bytes))));
  }

  /**
   * Fetches the file of a sendfile server into a new file and flushes it.
   *
   * @param bytes the size of the file
   * @param how {@code pwrite} or {@code splice}
   */
  Contender fetch(ChildProcess server, long bytes, Path to, String how) {
    return () -> {
      double rate =
          rate(
              bytes,
              ChildProcess.output(List.of(binary, "fetch", server.ready(), to.toString(), how)));
      LocalCopy.checkSize(to, bytes);
      return rate;
    };
  }

  /** Converts "BYTES NANOSECONDS" to bytes per second. Fails if the bytes differ from the claim. */
  private static double rate(long claimed, String output) throws IOException {
    String[] words = output.strip().split(" ", 2);
    if (Long.parseLong(words[0]) != claimed) {
      throw new IOException("the reference moved " + words[0] + " bytes, not " + claimed);
    }
    return Double.parseDouble(words[0]) * 1e9 / Double.parseDouble(words[1]);
  }
}
