package ferry.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The C program of bench/reference: sendfile to recv, send to recv + pwrite, and both ends of a
 * file.
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

  Contender receive(ChildProcess server) {
    return () -> rate(ChildProcess.output(List.of(binary, "receive", server.ready())));
  }

  Contender send(ChildProcess server, long bytes) {
    return () ->
        rate(ChildProcess.output(List.of(binary, "send", server.ready(), Long.toString(bytes))));
  }

  /**
   * Takes the file of a sendfile server into a new file and flushes it.
   *
   * @param how pwrite or splice
   */
  Contender fetch(ChildProcess server, Path to, String how) {
    return () ->
        rate(ChildProcess.output(List.of(binary, "fetch", server.ready(), to.toString(), how)));
  }

  /** "BYTES NANOSECONDS" as bytes per second. */
  private static double rate(String output) {
    String[] words = output.strip().split(" ", 2);
    return Double.parseDouble(words[0]) * 1e9 / Double.parseDouble(words[1]);
  }
}
