package io.ferrynfs.bench.compare;

import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.copy.CopySettings;
import io.ferrynfs.cli.copy.TransferMethod;
import io.ferrynfs.cli.copy.TreeCopy;
import io.ferrynfs.cli.place.Places;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares copies of a directory of many small files from one server to another, by the servers and
 * through the client, in turns. One comparison uses a client that runs all the time. The other runs
 * {@code ferry cp}, which has a new client each time. Its report excludes the start of the JVM.
 */
final class SmallFiles {
  private static final int FILES = Integer.getInteger("bench.small.files", 1000);
  private static final int FILE_BYTES = Integer.getInteger("bench.small.bytes", 64 << 10);
  private static final int JOBS = 8;
  private static final Duration PROGRESS_EVERY = Duration.ofMillis(500);

  /**
   * The uncounted rounds. The JVM's compiler uses a third of the processor time in the first rounds
   * of a client and two servers.
   */
  private static final int UNCOUNTED = Integer.getInteger("bench.small.uncounted", 15);

  /**
   * The uncounted rounds of the command. Each new client is compiled again, and the servers are
   * already compiled.
   */
  private static final int UNCOUNTED_OF_COMMAND = 1;

  private static final double RATIO_MIN = 1.0;
  private static final String TREE = "tree";
  private static final String COPY = "copy";
  private static final Pattern SECONDS = Pattern.compile("\"seconds\":([0-9.E-]+)");
  private static final Pattern WAYS = Pattern.compile("\"ways\":(.*),\"seconds\"");

  private final Served source;
  private final Served destination;
  private final int rounds;
  private final Table table;

  private SmallFiles(Served source, Served destination, int rounds, Table table) {
    this.source = source;
    this.destination = destination;
    this.rounds = rounds;
    this.table = table;
  }

  /** Runs both comparisons with the files of both servers in one place, and prints the results. */
  static void run(Path place, String name, int rounds, Table table)
      throws IOException, InterruptedException {
    try (Served source = Served.in(place);
        Served destination = BetweenServers.destination(place);
        Places places = new Places()) {
      Files.createDirectory(source.folder().resolve(TREE));
      for (int i = 0; i < FILES; i++) {
        source.randomFile(TREE + "/" + i, FILE_BYTES);
      }
      SmallFiles small = new SmallFiles(source, destination, rounds, table);
      Ways byServers = new Ways(false);
      Ways streamed = new Ways(true);
      small.compare(
          FILES + " files of " + (FILE_BYTES >> 10) + " KiB, " + name + " / streamed",
          UNCOUNTED,
          small.inProcess(places, false, byServers),
          small.inProcess(places, true, streamed));
      small.compare(
          "  the same by ferry cp -r, " + name + " / --stream",
          UNCOUNTED_OF_COMMAND,
          small.command("--require-offload", byServers),
          small.command("--stream", streamed));
      byServers.print();
      streamed.print();
      source.printMemory();
      destination.printMemory();
    }
  }

  private void compare(String title, int uncounted, Contender byServers, Contender streamed)
      throws IOException, InterruptedException {
    List<ChildProcess> servers = List.of(source.server(), destination.server());
    Path copy = destination.folder().resolve(COPY);
    List<Metered> all =
        List.of(new Metered(byServers, servers, copy), new Metered(streamed, servers, copy));
    long bytes = (long) FILES * FILE_BYTES;
    List<Contender> proven =
        List.of(
            Proven.by(source, Claims.read(bytes), all.get(0))
                .and(destination, Claims.fetched(bytes)),
            Proven.by(source, Claims.read(bytes), all.get(1))
                .and(destination, Claims.written(bytes)));
    double[][] rates = Interleaved.turns(proven, uncounted, rounds);
    table.row(title, Interleaved.compare(rates[0], rates[1]), RATIO_MIN, Table.Unit.FILES_A_SECOND);
    Metered.print("1,000 files", FILES / 1e3, rounds, List.of("by the servers", "streamed"), all);
  }

  /** Runs {@code ferry cp -r} and returns the rate in files per second. */
  private Contender command(String option, Ways ways) {
    List<String> command =
        List.of(
            Served.launcher(),
            "cp",
            "-r",
            "--json",
            option,
            source.url(TREE),
            destination.url(COPY));
    return () -> {
      String account = ChildProcess.output(command);
      if (!account.contains("\"files\":" + FILES + ",")) {
        throw new IOException("some files were not copied: " + account);
      }
      String taken = group(WAYS, account);
      ways.add(taken.contains('"' + TransferMethod.STREAMED.word() + '"'), taken);
      return FILES / Double.parseDouble(group(SECONDS, account));
    };
  }

  private static String group(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("no match of " + pattern + " in " + text);
    }
    return matcher.group(1);
  }

  /** Copies within this process as the command does, and returns the rate in files per second. */
  private Contender inProcess(Places places, boolean stream, Ways ways) {
    CopySettings settings =
        new CopySettings(true, true, !stream, false, stream, JOBS, PROGRESS_EVERY);
    return () -> {
      CopyReport report = new CopyReport();
      long start = System.nanoTime();
      new TreeCopy(settings, report)
          .copy(places.of(source.url(TREE)), places.of(destination.url(COPY)));
      double rate = FILES * 1e9 / (System.nanoTime() - start);
      if (report.files() != FILES || report.failureCount() > 0) {
        throw new IOException(
            "some files were not copied: " + report.failures().stream().findFirst().orElse(""));
      }
      String taken = report.shares().toString();
      ways.add(report.shares().containsKey(TransferMethod.STREAMED), taken);
      return rate;
    };
  }
}
