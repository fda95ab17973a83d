package io.ferrynfs.server;

import java.util.function.Consumer;

/**
 * Bounds of the copies that clients have a server make.
 *
 * @param jobsMax asynchronous copies of the server that wait or run; COPY answers
 *     NFS4ERR_OFFLOAD_NO_REQS beyond, so that the client asks for a synchronous one
 * @param jobsPerClientMax the same of one client
 * @param resultsPerClientMax copies of one client that have ended and whose CB_OFFLOAD it has not
 *     answered; beyond, its copies are synchronous
 * @param stepsMax pieces that are copied at once: the copies that run, in the strict sense
 * @param stepsPerVolumeMax the same on one volume
 * @param syncsMax files of ended copies that are made durable at once
 * @param answeredAtOnceBytesMax a copy of so few bytes is answered synchronously, which spares a
 *     callback
 * @param chunkBytesMin the first piece of a copy; later ones are as large as fits a fraction of a
 *     second
 * @param bytesPerSecondMax how fast all asynchronous copies together may move bytes; 0 for no
 *     bound. What is shared instead of copied does not count
 * @param synchronousMax synchronous copies of the server that wait or run, none of which keeps a
 *     thread while it waits; NFS4ERR_DELAY beyond
 * @param synchronousPerClientMax the same of one client
 * @param notifiesMax stateids by which other servers read for clients; COPY_NOTIFY answers
 *     NFS4ERR_DELAY beyond
 * @param notifiesPerClientMax the same of one client
 * @param sources bounds of copies from other servers
 */
public record CopyLimits(
    int jobsMax,
    int jobsPerClientMax,
    int resultsPerClientMax,
    int stepsMax,
    int stepsPerVolumeMax,
    int syncsMax,
    long answeredAtOnceBytesMax,
    long chunkBytesMin,
    long bytesPerSecondMax,
    int synchronousMax,
    int synchronousPerClientMax,
    int notifiesMax,
    int notifiesPerClientMax,
    SourceLimits sources) {

  private static final int MIB = 1 << 20;

  /** Limits for a server of a few hundred clients on a machine with few disks. */
  public static CopyLimits defaults() {
    return new CopyLimits(
        1024, 64, 128, 4, 2, 16, MIB, 4 * MIB, 0, 4096, 32, 16_384, 1024, SourceLimits.defaults());
  }

  /** The same with other numbers of jobs, of the server and of a client. */
  public CopyLimits withJobsMax(int jobs, int ofOneClient) {
    return with(draft -> {
      draft.jobsMax = jobs;
      draft.jobsPerClientMax = ofOneClient;
    });
  }

  /**
   * The same with smaller or larger pieces, and with another bound for what is answered at once.
   */
  public CopyLimits withChunks(long firstBytes, long atOnceBytes) {
    return with(draft -> {
      draft.chunkBytesMin = firstBytes;
      draft.answeredAtOnceBytesMax = atOnceBytes;
    });
  }

  /** The same with other numbers of unanswered results and of pieces at once. */
  public CopyLimits withSteps(int results, int steps, int stepsOfOneVolume) {
    return with(draft -> {
      draft.resultsPerClientMax = results;
      draft.stepsMax = steps;
      draft.stepsPerVolumeMax = stepsOfOneVolume;
    });
  }

  /** The same with a bound of the rate, in bytes per second; 0 for none. */
  public CopyLimits withBytesPerSecondMax(long rate) {
    return with(draft -> draft.bytesPerSecondMax = rate);
  }

  /** The same with other numbers of synchronous copies, of the server and of a client. */
  public CopyLimits withSynchronousMax(int copies, int ofOneClient) {
    return with(draft -> {
      draft.synchronousMax = copies;
      draft.synchronousPerClientMax = ofOneClient;
    });
  }

  /** The same with other bounds of copies from other servers. */
  public CopyLimits withSources(SourceLimits bounds) {
    return with(draft -> draft.sources = bounds);
  }

  /** The same with other numbers of copy-notify stateids, of the server and of a client. */
  public CopyLimits withNotifiesMax(int notifies, int ofOneClient) {
    return with(draft -> {
      draft.notifiesMax = notifies;
      draft.notifiesPerClientMax = ofOneClient;
    });
  }

  private CopyLimits with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.done();
  }

  /** The limits while some of them change. */
  private static final class Draft {
    private int jobsMax;
    private int jobsPerClientMax;
    private int resultsPerClientMax;
    private int stepsMax;
    private int stepsPerVolumeMax;
    private long answeredAtOnceBytesMax;
    private long chunkBytesMin;
    private long bytesPerSecondMax;
    private int synchronousMax;
    private int synchronousPerClientMax;
    private SourceLimits sources;
    private int notifiesMax;
    private int notifiesPerClientMax;
    private final int syncsMax;

    Draft(CopyLimits from) {
      jobsMax = from.jobsMax;
      jobsPerClientMax = from.jobsPerClientMax;
      resultsPerClientMax = from.resultsPerClientMax;
      stepsMax = from.stepsMax;
      stepsPerVolumeMax = from.stepsPerVolumeMax;
      syncsMax = from.syncsMax;
      answeredAtOnceBytesMax = from.answeredAtOnceBytesMax;
      chunkBytesMin = from.chunkBytesMin;
      bytesPerSecondMax = from.bytesPerSecondMax;
      synchronousMax = from.synchronousMax;
      synchronousPerClientMax = from.synchronousPerClientMax;
      sources = from.sources;
      notifiesMax = from.notifiesMax;
      notifiesPerClientMax = from.notifiesPerClientMax;
    }

    CopyLimits done() {
      return new CopyLimits(
          jobsMax,
          jobsPerClientMax,
          resultsPerClientMax,
          stepsMax,
          stepsPerVolumeMax,
          syncsMax,
          answeredAtOnceBytesMax,
          chunkBytesMin,
          bytesPerSecondMax,
          synchronousMax,
          synchronousPerClientMax,
          notifiesMax,
          notifiesPerClientMax,
          sources);
    }
  }
}
