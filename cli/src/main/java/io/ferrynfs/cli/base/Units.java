package io.ferrynfs.cli.base;

import java.util.Locale;

/** Formats numbers for the user. */
public final class Units {
  private static final String[] NAMES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Units() {}

  /** Formats a size with three digits: {@code 999 B}, {@code 1.50 MiB}. */
  public static String bytes(long count) {
    return scaled((double) count);
  }

  private static String scaled(double count) {
    int unit = 0;
    double value = count;
    while (value >= 999.5 && unit < NAMES.length - 1) {
      value /= 1024;
      unit++;
    }
    int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f %s", value, NAMES[unit]);
  }

  /** Formats a rate of bytes per nanoseconds; a dash if the time is zero. */
  public static String rate(long bytes, long nanos) {
    return nanos <= 0 ? "-" : scaled((double) bytes * 1e9 / nanos) + "/s";
  }

  /** Formats a count with thousands separators: {@code 1,204}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Formats a duration in nanoseconds: {@code 0.42 s}, {@code 3:07}, {@code 1:02:33}. */
  public static String duration(long nanos) {
    if (nanos < 60_000_000_000L) {
      return String.format(Locale.ROOT, nanos < 10_000_000_000L ? "%.2f s" : "%.1f s", nanos / 1e9);
    }
    return clock(nanos / 1_000_000_000L);
  }

  /** Formats whole seconds as a clock shows them: {@code 0:09}, {@code 1:02:33}. */
  public static String clock(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
