package io.ferrynfs.bench.compare;

import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Copies of one large file from a server to another: by the servers themselves, through the client,
 * and by programs in C that do nothing else, in the usual way and in the fastest that the machine's
 * kernel has, all in turns.
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

  /** A server that may connect to others on this machine and copy from there. */
  static Served destination(Path place) throws IOException {
    return Served.in(place, List.of("--copy-from", "127.0.0.1/32"));
  }

  /** Runs it with the files of all on a disk; prints what came out. */
  static void onDisk(Path place, RawStreams raw, int rounds, Table table)
      throws IOException, InterruptedException {
    run(place, "disk", raw, rounds, table, OF_STREAMED_MIN);
  }

  /**
   * The same in memory, where streaming has no goal: what is saved on the way is little beside what
   * the kernel takes to make the pages of a file, one after the other, and what splices in C is not
   * 1.5 times as fast either.
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
                  copy(from, to, NfsCopyOptions.defaults().withRequireOffload(true), byServers),
                  servers,
                  copied),
              new Metered(
                  copy(from, to, NfsCopyOptions.defaults().withForceStream(true), streamed),
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
   * The kernel's two ways from a socket to a file, without a server: whether splice is worth having
   * on this machine.
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

  /** From the client's first call to its last; bytes per second. */
  private static Contender copy(NfsClient from, NfsClient to, NfsCopyOptions options, Ways ways) {
    return () -> {
      long start = System.nanoTime();
      CopyResult result = from.copy(NfsPath.of("/file"), to, NfsPath.of("/copied"), options);
      double rate = result.bytes() * 1e9 / (System.nanoTime() - start);
      if (result.bytes() != FILE_BYTES) {
        throw new IOException("not the whole file: " + result);
      }
      ways.add(!result.stayedOnServer(), result.how() + ": " + result.reason());
      return rate;
    };
  }
}
