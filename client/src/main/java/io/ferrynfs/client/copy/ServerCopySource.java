package io.ferrynfs.client.copy;

import io.ferrynfs.client.session.Results;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What COPY names as its source, which is all in which a copy inside one server and one between two
 * differ: the filehandle and stateid of an open there, or what another server has given for it.
 */
interface ServerCopySource {

  /** The index of COPY in its COMPOUND, after PUTFH, SAVEFH and PUTFH. */
  int COPY_AT = 3;

  /** What an error of COPY is to the whole. */
  enum Verdict {
    /** Reading and writing would meet it too: the caller gets it as it is. */
    FINAL,
    /** The bytes have to take another way. */
    REFUSED,
    /** Likewise, unless {@link #againAfter} says otherwise. */
    DOUBTFUL
  }

  /** Whether CLONE may be tried, which is between files of one server only. */
  boolean mayBeCloned();

  /** Why it is known that COPY is not to be had, null if it is not. */
  @Nullable String unable();

  /** Gets what the next COPY needs; a text is why it is not to be had. */
  CompletableFuture<Optional<String>> ready();

  /** COPY, an error being a result. */
  CompletableFuture<Results> copy(long done, long count, boolean consecutive, boolean synchronous);

  /** What the error of a COPY means. Remembers what need not be tried again. */
  Verdict judge(Results results);

  /** Whether the error of a copy in the background is one that reading and writing would meet. */
  boolean isFinal(Nfsstat4 status);

  /** A COPY has ended before its end, after so many bytes: the source may have to do with it. */
  void stoppedAfter(long bytes);

  /**
   * Whether another COPY, after {@link #ready}, may get further than the one that copied nothing
   * and ended with this.
   */
  CompletableFuture<Boolean> againAfter(Nfsstat4 status);

  /** The copy is not wanted any more. Tells the source, in the background. */
  void cancel();

  /**
   * There will be no further COPY.
   *
   * @param complete whether all was copied
   */
  void over(boolean complete);
}
