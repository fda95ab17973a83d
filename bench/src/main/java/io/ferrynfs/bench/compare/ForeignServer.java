package io.ferrynfs.bench.compare;

import io.ferrynfs.client.NfsClient;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server other than Ferry, which has no counters. Instead, the kernel counts the bytes that its
 * sockets received and sent. ss(8) shows them for open connections.
 */
final class ForeignServer implements Counted {
  static final String RECEIVED = "bytes_received";
  static final String SENT = "bytes_sent";

  private static final Pattern COUNT = Pattern.compile("\\b(bytes_received|bytes_sent):(\\d+)");

  private final String address;

  /**
   * @param address the host and port on which the server listens
   */
  ForeignServer(String address) {
    this.address = address;
  }

  NfsClient connect() throws IOException {
    return Served.connect(address);
  }

  @Override
  public SortedMap<String, Long> counts() throws IOException, InterruptedException {
    String port = address.substring(address.lastIndexOf(':') + 1);
    String sockets = ChildProcess.output(List.of("ss", "-tinH", "sport = :" + port));
    SortedMap<String, Long> counts = new TreeMap<>();
    for (Matcher one = COUNT.matcher(sockets); one.find(); ) {
      counts.merge(one.group(1), Long.parseLong(one.group(2)), Long::sum);
    }
    return counts;
  }
}
