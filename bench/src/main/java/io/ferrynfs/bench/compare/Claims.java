package io.ferrynfs.bench.compare;

import io.ferrynfs.bench.compare.Proven.Claim;
import io.ferrynfs.cli.admin.Counters;
import java.io.IOException;

/** The counters that a Ferry server must have after each kind of work. */
final class Claims {
  private static final int READ_TWICE_PART = 20;

  private Claims() {}

  /** Claims that the server executed operations and none of them failed. */
  static Claim operations(String operation, long calls) {
    return counted -> {
      counted.isAtLeast(Counters.operation(operation, Counters.CALLS), calls);
      counted.is(Counters.operation(operation, Counters.FAILURES), 0);
    };
  }

  /**
   * Claims that READ or READ_PLUS read each byte once. A server whose threads are all busy may read
   * a small file again, so that some bytes count twice.
   */
  static Claim read(long bytes) {
    return counted -> {
      long all = counted.of(Counters.READ_SENT) + counted.of(Counters.READ_COPIED);
      if (all < bytes || all > bytes + bytes / READ_TWICE_PART) {
        throw new IOException(
            "the claim of the row is false: " + all + " bytes were read, not " + bytes);
      }
      counted.is(Counters.WRITTEN, 0);
    };
  }

  /** Claims that the kernel sent a file that was read in large blocks. */
  static Claim sent(long bytes) {
    return counted -> {
      counted.is(Counters.READ_SENT, bytes);
      counted.is(Counters.READ_COPIED, 0);
      counted.is(Counters.WRITTEN, 0);
    };
  }

  /** Claims that a client wrote each byte once, and the server copied none. */
  static Claim written(long bytes) {
    return counted -> {
      counted.is(Counters.WRITTEN, bytes);
      copied(0, 0, 0).check(counted);
    };
  }

  /** Claims that the server copied bytes and shared none. */
  static Claim moved(long bytes) {
    return counted -> {
      copied(0, bytes, 0).check(counted);
      noPayload().check(counted);
    };
  }

  /** Claims that two files share their blocks. */
  static Claim shared(long bytes) {
    return counted -> {
      copied(bytes, 0, 0).check(counted);
      noPayload().check(counted);
    };
  }

  /** Claims that the server fetched bytes from another server. */
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

  /** Claims that no client read or wrote bytes. */
  private static Claim noPayload() {
    return counted -> {
      counted.is(Counters.READ_SENT, 0);
      counted.is(Counters.READ_COPIED, 0);
      counted.is(Counters.WRITTEN, 0);
    };
  }
}
