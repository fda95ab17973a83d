package io.ferrynfs.server.offload;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * Who copies what, and what came of it: of copies between servers, where bytes leave a machine,
 * always.
 */
public final class CopyLog {
  private static final Logger LOG = System.getLogger(CopyLog.class.getName());

  private CopyLog() {}

  static void begin(long id, CopyRequest request) {
    LOG.log(level(request), () -> begun(id, request));
  }

  private static Level level(CopyRequest request) {
    return request.source() instanceof CopyInput.Elsewhere ? Level.INFO : Level.DEBUG;
  }

  private static String begun(long id, CopyRequest request) {
    return "copy "
        + id
        + " of uid "
        + request.principal().uid()
        + " of "
        + request.who()
        + ": "
        + request.range().length()
        + " bytes of "
        + request.source().forPeople()
        + " to "
        + request.target().pathForPeople(request.to().file());
  }

  /** The end of a copy that ran for so long. */
  static void end(CopyJob job, long nanos) {
    LOG.log(
        level(job.request()),
        () -> "copy " + job.id() + " ended: " + done(job.copied(), nanos) + how(job));
  }

  /** Of {@link CopyJob#end}: the outcome stands, or nobody wants to know it. */
  private static String how(CopyJob job) {
    return job.isAbandoned()
        ? ", cancelled"
        : job.failure() != null
            ? ", " + job.failure()
            : job.copied() < job.request().range().length() ? ", which is not all" : "";
  }

  /** A copy that was over as soon as it began. */
  static void atOnce(long id, CopyRequest request, CopyOutcome outcome, long nanos) {
    LOG.log(
        level(request),
        () ->
            begun(id, request)
                + " ended: "
                + done(outcome.bytes(), nanos)
                + (outcome.bytes() < request.range().length() ? ", " + outcome.status() : ""));
  }

  private static String done(long bytes, long nanos) {
    return bytes + " bytes in " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
  }
}
