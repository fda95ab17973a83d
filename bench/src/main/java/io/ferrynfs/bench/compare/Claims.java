package io.ferrynfs.bench.compare;

import io.ferrynfs.bench.compare.Proven.Claim;
import io.ferrynfs.cli.admin.Counters;
import java.io.IOException;

/** What a Ferry server must have counted, by the kind of work. */
final class Claims {
  private static final int READ_TWICE_PART = 20;

  private Claims() {}

  /** Operations were executed, and none of them failed. */
  static Claim operations(String operation, long calls) {
    return counted -> {
      counted.isAtLeast(Counters.operation(operation, Counters.CALLS), calls);
      counted.is(Counters.operation(operation, Counters.FAILURES), 0);
    };
  }

  /**
   * Files were read by READ or READ_PLUS, each byte once. A server that finds all its threads at
   * work may have to read a small file again, so that some may count twice.
   */
  static Claim read(long bytes) {
    return counted -> {
      long all = counted.of(Counters.READ_SENT) + counted.of(Counters.READ_COPIED);
      if (all < bytes || all > bytes + bytes / READ_TWICE_PART) {
        throw new IOException("not what the row claims: " + all + " bytes were read, not " + bytes);
      }
      counted.is(Counters.WRITTEN, 0);
    };
  }

  /** A file was read in large pieces: the kernel sent it. */
  static Claim sent(long bytes) {
    return counted -> {
      counted.is(Counters.READ_SENT, bytes);
      counted.is(Counters.READ_COPIED, 0);
      counted.is(Counters.WRITTEN, 0);
    };
  }

  /** A client wrote each byte once, and nothing was copied. */
  static Claim written(long bytes) {
    return counted -> {
      counted.is(Counters.WRITTEN, bytes);
      copied(0, 0, 0).check(counted);
    };
  }

  /** Bytes were copied inside the server, and shared with nothing. */
  static Claim moved(long bytes) {
    return counted -> {
      copied(0, bytes, 0).check(counted);
      noPayload().check(counted);
    };
  }

  /** Two files share their blocks now. */
  static Claim shared(long bytes) {
    return counted -> {
      copied(bytes, 0, 0).check(counted);
      noPayload().check(counted);
    };
  }

  /** Bytes came from another server. */
  static Claim fetched(long bytes) {
    return counted -> {
      copied(0, 0, bytes).check(counted);
      noPayload().check(counted);
    };
  }

  private static Claim copied(long shared, long moved, long fetched) {
    return counted -> {
      counted.is(Counters.COPY_SHARED, shared);
      counted.is(Counters.COPY_MOVED, moved);
      counted.is(Counters.COPY_FETCHED, fetched);
      counted.is(Counters.COPY_HOLES, 0);
    };
  }

  /** No client has read or written. */
  private static Claim noPayload() {
    return counted -> {
      counted.is(Counters.READ_SENT, 0);
      counted.is(Counters.READ_COPIED, 0);
      counted.is(Counters.WRITTEN, 0);
    };
  }
}
