package io.ferrynfs.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A contender that measures the processor time of all participants: this process, the processes
 * that it starts and waits for, and the given servers. The time of kernel threads, such as the
 * writeback to a disk, is not included.
 */
final class Metered implements Contender {

  /** The unit of times in /proc: a hundredth of a second on every Linux. */
  private static final double TICKS_A_SECOND = 100;

  /**
   * The index of utime in proc_pid_stat(5), counted from the state, which follows the name in
   * parentheses.
   */
  private static final int USER_AT = 11;

  private static final int SYSTEM_AT = 12;
  private static final int CHILDREN_USER_AT = 13;
  private static final int CHILDREN_SYSTEM_AT = 14;

  private final Contender work;
  private final List<ChildProcess> servers;
  private final Path made;
  private final List<Double> seconds = new ArrayList<>();

  /**
   * Creates a measured contender.
   *
   * @param servers the processes that work for the contender, in addition to this one and its
   *     children
   * @param made the file or directory that a round creates; it is removed after the round, outside
   *     of the measured time
   */
  Metered(Contender work, List<ChildProcess> servers, Path made) {
    this.work = work;
    this.servers = servers;
    this.made = made;
  }

  @Override
  public double round() throws IOException, InterruptedException {
    double before = usedSeconds();
    double rate = work.round();
    seconds.add(usedSeconds() - before);
    Served.deleteTree(made);
    return rate;
  }

  /** Returns the median of the last rounds, in seconds. */
  double processorSeconds(int rounds) {
    return Interleaved.median(
        seconds.subList(seconds.size() - rounds, seconds.size()).stream()
            .mapToDouble(Double::doubleValue)
            .toArray());
  }

  private double usedSeconds() throws IOException {
    double sum =
        ticks(ProcessHandle.current().pid(), CHILDREN_USER_AT, CHILDREN_SYSTEM_AT)
            + ticks(ProcessHandle.current().pid(), USER_AT, SYSTEM_AT);
    for (ChildProcess server : servers) {
      sum += ticks(server.pid(), USER_AT, SYSTEM_AT);
    }
    return sum / TICKS_A_SECOND;
  }

  private static long ticks(long pid, int first, int second) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[first]) + Long.parseLong(fields[second]);
  }

  /** Prints a line with the processor time of several contenders per unit of work. */
  static void print(String per, double units, int rounds, List<String> names, List<Metered> all) {
    StringBuilder line =
        new StringBuilder("  processor seconds per " + per + ", of all participants:");
    for (int i = 0; i < all.size(); i++) {
      double each = all.get(i).processorSeconds(rounds) / units;
      line.append(String.format(Locale.ROOT, "%s %s %.2f", i == 0 ? "" : ",", names.get(i), each));
    }
    System.out.println(line);
  }
}
