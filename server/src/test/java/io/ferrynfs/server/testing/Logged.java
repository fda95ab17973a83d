package io.ferrynfs.server.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a class writes to its log. */
public final class Logged extends Handler {
  private final List<String> lines = new ArrayList<>();

  private Logged() {}

  /** The lines that a class writes meanwhile. */
  public static List<String> by(Class<?> type, Runnable body) {
    Logged keep = new Logged();
    Logger log = Logger.getLogger(type.getName());
    log.addHandler(keep);
    try {
      body.run();
    } finally {
      log.removeHandler(keep);
    }
    return keep.lines;
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
