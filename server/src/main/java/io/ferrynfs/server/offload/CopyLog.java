package io.ferrynfs.server.offload;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/**
 * The log of copies. Copies between servers are always logged because their data leaves a machine.
 */
public final class CopyLog {
  private static final Logger LOG = System.getLogger(CopyLog.class.getName());

  private CopyLog() {}

  static void begin(long id, CopyRequest request) {
    LOG.log(level(request), () -> begun(id, request));
  }

  private static Level level(CopyRequest request) {
    return request.source() instanceof CopyInput.Remote ? Level.INFO : Level.DEBUG;
  }

  private static String begun(long id, CopyRequest request) {
    return "copy "
        + id
        + " of uid "
        + request.principal().uid()
        + " of "
        + request.clientText()
        + ": "
        + request.range().length()
        + " bytes of "
        + request.source().description()
        + " to "
        + request.target().displayPath(request.to().file());
  }

  /** Logs the end of a copy after this time. */
  static void end(CopyJob job, long nanos) {
    LOG.log(
        level(job.request()),
        () -> "copy " + job.id() + " ended: " + done(job.copied(), nanos) + how(job));
  }

  /** Returns how a copy ended, after {@link CopyJob#end}. */
  private static String how(CopyJob job) {
    return job.isAbandoned()
        ? ", cancelled"
        : job.failure() != null
            ? ", " + job.failure()
            : job.copied() < job.request().range().length() ? ", which is not all" : "";
  }

  /** Logs a copy that was complete before the reply to COPY. */
  static void synchronous(long id, CopyRequest request, CopyOutcome outcome, long nanos) {
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
