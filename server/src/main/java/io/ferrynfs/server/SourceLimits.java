package io.ferrynfs.server;

import java.time.Duration;

/**
 * Bounds of what a destination of copies between servers does at their sources.
 *
 * @param linksMax sources that it is a client of at once, idle ones included; beyond, and when none
 *     is idle, COPY answers NFS4ERR_DELAY
 * @param linksPerClientMax sources that the copies of one client use at once; beyond, COPY answers
 *     NFS4ERR_DELAY: who names dead ones keeps nobody else from those that are alive
 * @param setUpsMax COPYs whose source is being looked for; NFS4ERR_DELAY beyond
 * @param setUpsPerClientMax the same of one client
 * @param setUpThreads threads that go on with a COPY whose source has been found
 * @param keep how long it stays a client of a source after the last copy from there
 * @param connectTimeMax from the first packet to an address until there is a session
 * @param setUpTimeMax for all addresses of a COPY together, names looked up and the file found
 * @param answerTimeMax how long a source may owe an answer before the copies from there end
 * @param readsPerCopyMax READs of one copy in flight
 * @param buffersOfLinkMax READs of all copies from one source in flight, or waiting to be written:
 *     a MiB each
 * @param buffersSharedMax the same of all sources together, one of each source not counted: that
 *     one it always may have, so that no source waits for another
 */
public record SourceLimits(
    int linksMax,
    int linksPerClientMax,
    int setUpsMax,
    int setUpsPerClientMax,
    int setUpThreads,
    Duration keep,
    Duration connectTimeMax,
    Duration setUpTimeMax,
    Duration answerTimeMax,
    int readsPerCopyMax,
    int buffersOfLinkMax,
    int buffersSharedMax) {

  /** For a server in a heap of 256 MiB. */
  public static SourceLimits defaults() {
    return new SourceLimits(
        32,
        8,
        1024,
        128,
        8,
        Duration.ofSeconds(90),
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        8,
        16,
        32);
  }

  /** The same with another number of sources, and another time to stay their client. */
  public SourceLimits withLinks(int links, Duration kept) {
    return with(links, linksPerClientMax, setUpsMax, setUpsPerClientMax, kept);
  }

  /** The same with other numbers for one client: of sources, and of COPYs that look for theirs. */
  public SourceLimits withClientShare(int links, int setUps) {
    return with(linksMax, links, setUpsMax, setUps, keep);
  }

  private SourceLimits with(
      int links, int linksOfClient, int setUps, int setUpsOfClient, Duration kept) {
    return new SourceLimits(
        links,
        linksOfClient,
        setUps,
        setUpsOfClient,
        setUpThreads,
        kept,
        connectTimeMax,
        setUpTimeMax,
        answerTimeMax,
        readsPerCopyMax,
        buffersOfLinkMax,
        buffersSharedMax);
  }

  /** The same with other numbers of READs: of a copy, of a source, of all. */
  public SourceLimits withReads(int ofCopy, int ofLink, int shared) {
    return new SourceLimits(
        linksMax,
        linksPerClientMax,
        setUpsMax,
        setUpsPerClientMax,
        setUpThreads,
        keep,
        connectTimeMax,
        setUpTimeMax,
        answerTimeMax,
        ofCopy,
        ofLink,
        shared);
  }
}
