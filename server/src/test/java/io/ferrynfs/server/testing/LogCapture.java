package io.ferrynfs.server.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** A handler that captures the messages that a class logs. */
public final class LogCapture extends Handler {
  private final List<String> lines = new ArrayList<>();

  private LogCapture() {}

  /** Runs the body and returns the messages that the class logged during it. */
  public static List<String> of(Class<?> type, Runnable body) {
    LogCapture capture = new LogCapture();
    Logger log = Logger.getLogger(type.getName());
    log.addHandler(capture);
    try {
      body.run();
    } finally {
      log.removeHandler(capture);
    }
    return capture.lines;
  }

  @Override
  public void publish(LogRecord record) {
    lines.add(record.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
