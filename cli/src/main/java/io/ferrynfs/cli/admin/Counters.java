package io.ferrynfs.cli.admin;

import io.ferrynfs.server.ServerStatistics;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The names of a server's counters in the administration protocol and in {@code ferry stats}. */
public final class Counters {
  /**
   * The prefix of an operation's counters. The name of the operation, a dot and a counter follow.
   */
  public static final String OPERATION = "operation.";

  public static final String CALLS = "calls";
  public static final String FAILURES = "failures";

  /** The total execution time of an operation. */
  public static final String NANOS = "nanos";

  /** The total time that executions waited for a thread, which {@link #NANOS} excludes. */
  public static final String QUEUED_NANOS = "queued_nanos";

  /** COMPOUNDs received. */
  public static final String COMPOUNDS = "requests.compounds";

  /** COMPOUNDs answered from the reply cache. */
  public static final String REPLAYS = "requests.replays";

  /** Calls rejected without a result. */
  public static final String REJECTS = "requests.rejects";

  /** Operations that failed with NFS4ERR_DELAY because the queue for a thread was full. */
  public static final String DELAYS = "requests.delays";

  /** Callbacks that were answered or abandoned. */
  public static final String CALLBACKS = "callbacks.calls";

  /** Callbacks that were abandoned or failed with another status than NFS4_OK. */
  public static final String CALLBACK_FAILURES = "callbacks.failures";

  /** The total time of callbacks until their replies. */
  public static final String CALLBACK_NANOS = "callbacks.nanos";

  /** Copies that were queued. */
  public static final String COPIES_STARTED = "copies.started";

  /** Copies that ended with NFS4_OK. */
  public static final String COPIES_COMPLETED = "copies.completed";

  /** Copies that ended with another status. */
  public static final String COPIES_FAILED = "copies.failed";

  /** Copies that were cancelled, or ended with their client. */
  public static final String COPIES_CANCELLED = "copies.cancelled";

  /** Bytes that READ and READ_PLUS sent from files by sendfile(2). */
  public static final String READ_SENT = "bytes.read.sendfile";

  /** Bytes that READ and READ_PLUS read into memory first. */
  public static final String READ_COPIED = "bytes.read.memory";

  /** Bytes of WRITE. */
  public static final String WRITTEN = "bytes.write";

  /** Bytes of COPY and CLONE whose blocks are shared between files. */
  public static final String COPY_SHARED = "bytes.copy.shared";

  /** Bytes of COPY from one file of the server to another. */
  public static final String COPY_MOVED = "bytes.copy.moved";

  /** Bytes of holes that COPY created. */
  public static final String COPY_HOLES = "bytes.copy.holes";

  /** Bytes of COPY from files of other servers. */
  public static final String COPY_FETCHED = "bytes.copy.fetched";

  private static final String OPNUM_PREFIX = "OP_";

  private Counters() {}

  /** Returns all counters by name. */
  static SortedMap<String, Long> of(ServerStatistics statistics) {
    SortedMap<String, Long> counters = new TreeMap<>();
    statistics
        .operations()
        .forEach((number, sample) -> {
          String name = operation(number.name().substring(OPNUM_PREFIX.length()), "");
          counters.put(name + CALLS, sample.calls());
          counters.put(name + FAILURES, sample.failures());
          counters.put(name + NANOS, sample.time().toNanos());
          counters.put(name + QUEUED_NANOS, sample.queued().toNanos());
        });
    counters.putAll(
        Map.of(
            COMPOUNDS, statistics.requests().compounds(),
            REPLAYS, statistics.requests().replays(),
            REJECTS, statistics.requests().rejects(),
            DELAYS, statistics.requests().delays(),
            CALLBACKS, statistics.callbacks().calls(),
            CALLBACK_FAILURES, statistics.callbacks().failures(),
            CALLBACK_NANOS, statistics.callbacks().time().toNanos()));
    counters.putAll(
        Map.of(
            COPIES_STARTED, statistics.copyCounts().started(),
            COPIES_COMPLETED, statistics.copyCounts().completed(),
            COPIES_FAILED, statistics.copyCounts().failed(),
            COPIES_CANCELLED, statistics.copyCounts().cancelled()));
    counters.putAll(
        Map.of(
            READ_SENT, statistics.payload().sentFromFiles(),
            READ_COPIED, statistics.payload().readIntoMemory(),
            WRITTEN, statistics.payload().written(),
            COPY_SHARED, statistics.copies().shared(),
            COPY_MOVED, statistics.copies().moved(),
            COPY_HOLES, statistics.copies().holes(),
            COPY_FETCHED, statistics.copies().fetched()));
    return counters;
  }

  /**
   * Returns the name of a counter of an operation.
   *
   * @param operation the name in the RFC, without OP_
   * @param what {@link #CALLS}, {@link #FAILURES}, {@link #NANOS} or {@link #QUEUED_NANOS}
   */
  public static String operation(String operation, String what) {
    return OPERATION + operation + '.' + what;
  }
}
