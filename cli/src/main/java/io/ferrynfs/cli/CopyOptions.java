package io.ferrynfs.cli;

import io.ferrynfs.cli.base.Console;
import io.ferrynfs.cli.base.Units;
import io.ferrynfs.cli.copy.CopyReport;
import io.ferrynfs.cli.copy.CopySettings;
import io.ferrynfs.cli.copy.Refusals;
import io.ferrynfs.cli.copy.TransferMethod;
import io.ferrynfs.cli.copy.TreeCopy;
import io.ferrynfs.cli.place.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options of {@code cp} and {@code mv}, and the report of their copies. */
final class CopyOptions {
  /** The interval of OFFLOAD_STATUS for the progress line. */
  private static final Duration PROGRESS_EVERY = Duration.ofMillis(500);

  private static final String AUTO = "auto";
  private static final String ALWAYS = "always";

  @Option(
      names = "--require-offload",
      description = "Fail if the bytes would have to pass through this client.")
  private boolean requireOffload;

  @Option(
      names = "--reflink",
      paramLabel = "WHEN",
      defaultValue = AUTO,
      description =
          "Share blocks instead of copying: auto (default), if the server can;"
              + " always, or fail.")
  private String reflink = AUTO;

  @Option(
      names = "--stream",
      description = "Pass the bytes through this client even if a server could copy them.")
  private boolean stream;

  @Option(
      names = {"-j", "--jobs"},
      paramLabel = "N",
      defaultValue = "8",
      description = "Files copied at once (${DEFAULT-VALUE}).")
  private int jobs = 8;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print errors only.")
  private boolean quiet;

  @Option(names = "--json", description = "Print the report as one JSON object.")
  private boolean json;

  CopySettings settings(boolean recursive, boolean preserve) {
    if (jobs < 1 || jobs > 64) {
      throw new IllegalArgumentException("--jobs must be between 1 and 64, not " + jobs);
    }
    if (!reflink.equals(AUTO) && !reflink.equals(ALWAYS)) {
      throw new IllegalArgumentException("--reflink must be auto or always, not " + reflink);
    }
    boolean requireClone = reflink.equals(ALWAYS);
    if (requireClone && stream) {
      throw new IllegalArgumentException("--stream and --reflink=always exclude each other");
    }
    return new CopySettings(
        recursive,
        preserve,
        requireOffload,
        requireClone,
        stream,
        jobs,
        quiet ? Duration.ZERO : PROGRESS_EVERY);
  }

  /** Returns whether a progress line is shown. */
  boolean showsProgress(Console console) {
    return console.isTerminal() && !quiet && !json;
  }

  /** Copies with a progress line. */
  TreeCopy copy(
      Console console,
      ServerWaits waits,
      CopySettings settings,
      CopyReport report,
      Place from,
      Place to) {
    ProgressLine line = ProgressLine.of(console, report, waits, !showsProgress(console));
    try {
      TreeCopy copy = new TreeCopy(settings, report);
      copy.copy(from, to);
      return copy;
    } finally {
      line.close();
    }
  }

  /** Where the report is printed. */
  enum ReportTarget {
    /** On standard output. */
    STANDARD_OUTPUT,
    /** On standard error, because the copy itself is written to standard output. */
    STANDARD_ERROR,
    /** Failures only, because a rename moves no bytes. */
    FAILURES_ONLY
  }

  /** Prints the report of a copy. */
  void printReport(Console console, CopyReport report, long nanos, ReportTarget target) {
    report.failures().forEach(console::error);
    report
        .changed()
        .forEach(file ->
            console.error(
                file + ": changed while it was copied; the copy may mix old and new content"));
    if (report.running().isStopped()) {
      CopyReport.Snapshot end = report.snapshot();
      console.error(
          "interrupted: "
              + Units.count(end.filesDone())
              + " of "
              + Units.count(end.filesFound())
              + " files and "
              + Units.bytes(end.bytesDone())
              + " of "
              + Units.bytes(end.bytesFound())
              + " copied"
              + (end.walked() ? "" : ", and not all files were listed yet"));
    }
    List<String> account = List.of();
    if (json) {
      account = List.of(Json.object(fields(report, nanos)));
    } else if (target != ReportTarget.FAILURES_ONLY
        && !quiet
        && (report.files() > 0 || !report.running().isStopped())) {
      account = summary(report, nanos);
    }
    account.forEach(target == ReportTarget.STANDARD_ERROR ? console::note : console::line);
  }

  private static List<String> summary(CopyReport report, long nanos) {
    List<String> lines = new ArrayList<>();
    report
        .shares()
        .forEach((method, share) -> {
          lines.add(
              String.format(
                  Locale.ROOT,
                  "%s %s, %s %s",
                  Units.count(share.files()),
                  share.files() == 1 ? "file" : "files",
                  Units.bytes(share.bytes()),
                  method.text()));
          if (method == TransferMethod.STREAMED) {
            if (report.bytesThroughClient() < share.bytes()) {
              lines.add(
                  "  of which "
                      + Units.bytes(report.bytesThroughClient())
                      + " were data; the rest is holes");
            }
            share
                .filesByReason()
                .keySet()
                .forEach(reason -> lines.add("  because " + Refusals.explain(reason)));
          }
        });
    String others =
        others(report.directories(), "directory", "directories")
            + others(report.symlinks(), "symbolic link", "symbolic links")
            + others(report.hardLinks(), "hard link", "hard links")
            + others(report.specials(), "special file", "special files");
    lines.add(
        String.format(
            Locale.ROOT,
            "%s in %s%s%s",
            Units.bytes(report.bytes()),
            Units.duration(nanos),
            report.bytes() == 0 ? "" : ", " + Units.rate(report.bytes(), nanos),
            others));
    if (report.files() > 0
        && report.shares().keySet().stream().anyMatch(TransferMethod::isByServer)) {
      lines.add(Units.bytes(report.bytesThroughClient()) + " passed through this client");
    }
    if (report.ownersNotKept() > 0) {
      lines.add(
          Units.count(report.ownersNotKept()) + " owners not kept: this user may not set them");
    }
    if (report.timesNotKept() > 0) {
      lines.add(
          Units.count(report.timesNotKept())
              + " times not kept: the target's file system cannot represent them");
    }
    if (report.xattrsNotKept() > 0) {
      lines.add(
          Units.count(report.xattrsNotKept())
              + " files copied without extended attributes: the target does not support them");
    }
    if (report.changedCount() > 0) {
      lines.add(Units.count(report.changedCount()) + " changed while they were copied");
    }
    if (report.failureCount() > 0) {
      lines.add(
          Units.count(report.failureCount())
              + (report.failureCount() == 1 ? " failure" : " failures"));
    }
    return lines;
  }

  private static String others(long count, String one, String several) {
    return count == 0 ? "" : "; " + Units.count(count) + " " + (count == 1 ? one : several);
  }

  private static Map<String, Object> fields(CopyReport report, long nanos) {
    Map<String, Object> methods = new LinkedHashMap<>();
    report
        .shares()
        .forEach((method, share) -> {
          Map<String, Object> fields = new LinkedHashMap<>();
          fields.put("files", share.files());
          fields.put("bytes", share.bytes());
          fields.put("reasons", share.filesByReason());
          methods.put(method.word(), fields);
        });
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("files", report.files());
    fields.put("bytes", report.bytes());
    fields.put("directories", report.directories());
    fields.put("symlinks", report.symlinks());
    fields.put("hardLinks", report.hardLinks());
    fields.put("specials", report.specials());
    fields.put("ways", methods);
    fields.put("seconds", nanos / 1e9);
    fields.put("bytesThroughClient", report.bytesThroughClient());
    fields.put("changedCount", report.changedCount());
    fields.put("changed", report.changed());
    fields.put("ownersNotKept", report.ownersNotKept());
    fields.put("timesNotKept", report.timesNotKept());
    fields.put("xattrsNotKept", report.xattrsNotKept());
    fields.put("interrupted", report.running().isStopped());
    fields.put("failureCount", report.failureCount());
    fields.put("failures", report.failures());
    fields.put("exitCode", report.exitCode());
    return fields;
  }
}
