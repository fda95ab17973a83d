package ferry.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The C program of bench/reference: sendfile to recv, and send to recv + pwrite. */
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

  /** "BYTES NANOSECONDS" as bytes per second. */
  private static double rate(String output) {
    String[] words = output.strip().split(" ", 2);
    return Double.parseDouble(words[0]) * 1e9 / Double.parseDouble(words[1]);
  }
}
