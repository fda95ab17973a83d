package io.ferrynfs.client.copy;

import io.ferrynfs.client.session.Results;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The source of a COPY: an open file of the same server, or a file of another server after
 * COPY_NOTIFY. Copies within one server and between two differ in nothing else.
 */
interface ServerCopySource {

  /** The index of COPY in its COMPOUND, after PUTFH, SAVEFH and PUTFH. */
  int COPY_AT = 3;

  /** The consequence of an error of COPY. */
  enum Verdict {
    /** The copy fails, because reading and writing would fail, too. */
    FINAL,
    /** The data has to be copied by another method. */
    REFUSED,
    /** The same, unless {@link #againAfter} returns true. */
    DOUBTFUL
  }

  /** Returns whether CLONE is possible, which is within one server only. */
  boolean mayBeCloned();

  /** Returns why COPY is known to be unsupported; null if it may be supported. */
  @Nullable String unable();

  /** Prepares the next COPY. Returns why that is impossible; empty on success. */
  CompletableFuture<Optional<String>> ready();

  /** Sends COPY. An error status is a result. */
  CompletableFuture<Results> copy(long done, long count, boolean consecutive, boolean synchronous);

  /** Returns the consequence of an error of COPY, and remembers unsupported operations. */
  Verdict judge(Results results);

  /** Returns whether reading and writing would fail with the error of an asynchronous copy, too. */
  boolean isFinal(Nfsstat4 status);

  /** Reports that a COPY was short or failed, possibly because of the source. */
  void stoppedAfter(long bytes);

  /**
   * Returns whether another COPY, after {@link #ready}, may succeed after one that failed with a
   * status and copied nothing.
   */
  CompletableFuture<Boolean> canRetryAfter(Nfsstat4 status);

  /** Cancels the copy at the source, in the background. */
  void cancel();

  /**
   * Reports that there will be no other COPY.
   *
   * @param complete whether all data was copied
   */
  void close(boolean complete);
}
