package io.ferrynfs.bench.compare;

import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Compares copies of one large file from one server to another: by the servers, through the client,
 * and by minimal C programs with {@code recv} and {@code pwrite} and with {@code splice}. The four
 * take turns.
 */
final class BetweenServers {
  private static final long FILE_BYTES = Long.getLong("bench.inter.bytes", 4L << 30);
  private static final double OF_RAW_MIN = 0.8;
  private static final double OF_STREAMED_MIN = 1.5;
  private static final double OF_SPLICED_MIN = 0.8;
  private static final List<String> NAMES =
      List.of("sendfile→recv+pwrite", "by the servers", "streamed", "sendfile→splice");
  private static final String FILE = "file";

  private BetweenServers() {}

  /** Starts a server that may fetch from other servers on this machine. */
  static Served destination(Path place) throws IOException {
    return Served.in(place, List.of("--copy-from", "127.0.0.1/32"));
  }

  /** Runs the comparison with all files on a disk, and prints the results. */
  static void onDisk(Path place, RawStreams raw, int rounds, Table table)
      throws IOException, InterruptedException {
    run(place, "disk", raw, rounds, table, OF_STREAMED_MIN);
  }

  /**
   * Runs the comparison with all files in memory, without a goal relative to streaming. The
   * kernel's allocation of the file's pages takes most of the time there, and the C program with
   * {@code splice} is not 1.5 times as fast as streaming, either.
   */
  static void inMemory(Path place, RawStreams raw, int rounds, Table table)
      throws IOException, InterruptedException {
    run(place, "memory", raw, rounds, table, 0);
  }

  private static void run(
      Path place, String name, RawStreams raw, int rounds, Table table, double ofStreamedMin)
      throws IOException, InterruptedException {
    try (Served source = Served.in(place);
        Served destination = destination(place);
        NfsClient from = source.connect();
        NfsClient to = destination.connect();
        ChildProcess sender = raw.sendfileServer(source.randomFile(FILE, FILE_BYTES))) {
      Path fetched = destination.folder().resolve("fetched");
      Path copied = destination.folder().resolve("copied");
      List<ChildProcess> servers = List.of(source.server(), destination.server());
      Ways byServers = new Ways(false);
      Ways streamed = new Ways(true);
      List<Metered> all =
          List.of(
              new Metered(
                  raw.fetch(sender, FILE_BYTES, fetched, "pwrite"), List.of(sender), fetched),
              new Metered(
                  copy(from, to, NfsCopyOptions.builder().requireOffload(true).build(), byServers),
                  servers,
                  copied),
              new Metered(
                  copy(from, to, NfsCopyOptions.builder().forceStream(true).build(), streamed),
                  servers,
                  copied),
              new Metered(
                  raw.fetch(sender, FILE_BYTES, fetched, "splice"), List.of(sender), fetched));
      List<Contender> proven =
          List.of(
              all.get(0),
              Proven.by(source, Claims.sent(FILE_BYTES), all.get(1))
                  .and(destination, Claims.fetched(FILE_BYTES)),
              Proven.by(source, Claims.read(FILE_BYTES), all.get(2))
                  .and(destination, Claims.written(FILE_BYTES)),
              all.get(3));
      double[][] rates = Interleaved.turns(proven, rounds);
      String title = (FILE_BYTES >> 20) + " MiB between servers, " + name;
      table.row(
          title + " / raw",
          Interleaved.compare(rates[1], rates[0]),
          OF_RAW_MIN,
          Table.Unit.MB_A_SECOND);
      table.row(
          title + " / streamed",
          Interleaved.compare(rates[1], rates[2]),
          ofStreamedMin,
          Table.Unit.MB_A_SECOND);
      table.row(
          title + " / sendfile→splice",
          Interleaved.compare(rates[1], rates[3]),
          OF_SPLICED_MIN,
          Table.Unit.MB_A_SECOND);
      table.row(
          "  streamed / raw", Interleaved.compare(rates[2], rates[0]), 0, Table.Unit.MB_A_SECOND);
      Metered.print("GB", FILE_BYTES / 1e9, rounds, NAMES, all);
      byServers.print();
      streamed.print();
      source.printMemory();
      destination.printMemory();
    }
  }

  /**
   * Compares the kernel's two ways from a socket to a file without a server, to decide whether
   * {@code splice} is faster on this machine.
   */
  static void splice(Path place, String name, RawStreams raw, int rounds, Table table)
      throws IOException, InterruptedException {
    try (Served source = Served.in(place);
        ChildProcess sender = raw.sendfileServer(source.randomFile(FILE, FILE_BYTES))) {
      Path fetched = source.folder().resolve("fetched");
      List<Metered> all =
          List.of(
              new Metered(
                  raw.fetch(sender, FILE_BYTES, fetched, "splice"), List.of(sender), fetched),
              new Metered(
                  raw.fetch(sender, FILE_BYTES, fetched, "pwrite"), List.of(sender), fetched));
      double[][] rates = Interleaved.turns(List.copyOf(all), rounds);
      table.row(
          "raw: splice / recv+pwrite, " + name,
          Interleaved.compare(rates[0], rates[1]),
          0,
          Table.Unit.MB_A_SECOND);
      Metered.print("GB", FILE_BYTES / 1e9, rounds, List.of("splice", "recv+pwrite"), all);
    }
  }

  /**
   * Copies the file and returns the rate in bytes per second, from the client's first call to its
   * last.
   */
  private static Contender copy(NfsClient from, NfsClient to, NfsCopyOptions options, Ways ways) {
    return () -> {
      long start = System.nanoTime();
      CopyResult result = from.copy(NfsPath.of("/file"), to, NfsPath.of("/copied"), options);
      double rate = result.bytes() * 1e9 / (System.nanoTime() - start);
      if (result.bytes() != FILE_BYTES) {
        throw new IOException("the copy is incomplete: " + result);
      }
      ways.add(!result.stayedOnServer(), result.how() + ": " + result.reason());
      return rate;
    };
  }
}
