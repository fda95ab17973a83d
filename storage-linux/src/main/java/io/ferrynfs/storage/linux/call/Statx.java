package io.ferrynfs.storage.linux.call;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@code struct statx} of linux/stat.h. Times are seconds and nanoseconds since 1970. {@code
 * hasBirthTime} is false if the filesystem stores no birth time.
 */
public record Statx(
    int blockBytes,
    long attributes,
    long links,
    int uid,
    int gid,
    int mode,
    long inode,
    long sizeBytes,
    long blocks512,
    Time accessed,
    boolean hasBirthTime,
    Time born,
    Time changed,
    Time modified,
    int deviceMajor,
    int deviceMinor,
    long filesystem) {

  public static final int SIZE_BYTES = 256;

  /** A time of the kernel. */
  public record Time(long seconds, int nanos) {
    /**
     * Returns the nanoseconds since 1970. The value wraps after 2262 and before 1677, which is
     * acceptable because it only has to be unique.
     */
    public long toNanos() {
      return seconds * 1_000_000_000L + nanos;
    }
  }

  private static final Time ZERO = new Time(0, 0);

  /** The placeholder for attributes that could not be read. */
  public static final Statx NONE =
      new Statx(0, 0, 0, 0, 0, 0, 0, 0, 0, ZERO, false, ZERO, ZERO, ZERO, 0, 0, 0);

  public static Statx of(MemorySegment s) {
    int mask = s.get(ValueLayout.JAVA_INT, 0);
    return new Statx(
        s.get(ValueLayout.JAVA_INT, 4),
        s.get(ValueLayout.JAVA_LONG, 8),
        Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, 16)),
        s.get(ValueLayout.JAVA_INT, 20),
        s.get(ValueLayout.JAVA_INT, 24),
        Short.toUnsignedInt(s.get(ValueLayout.JAVA_SHORT, 28)),
        s.get(ValueLayout.JAVA_LONG, 32),
        s.get(ValueLayout.JAVA_LONG, 40),
        s.get(ValueLayout.JAVA_LONG, 48),
        time(s, 64),
        (mask & Flags.STATX_BTIME) != 0,
        time(s, 80),
        time(s, 96),
        time(s, 112),
        s.get(ValueLayout.JAVA_INT, 128),
        s.get(ValueLayout.JAVA_INT, 132),
        Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, 136)) << 32
            | Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, 140)));
  }

  private static Time time(MemorySegment s, long offset) {
    return new Time(s.get(ValueLayout.JAVA_LONG, offset), s.get(ValueLayout.JAVA_INT, offset + 8));
  }

  public int format() {
    return mode & Flags.S_IFMT;
  }

  public boolean isDirectory() {
    return format() == Flags.S_IFDIR;
  }

  public boolean isRegular() {
    return format() == Flags.S_IFREG;
  }

  /** Returns whether another filesystem is mounted here; false before Linux 5.8. */
  public boolean isMountRoot() {
    return (attributes & Flags.STATX_ATTR_MOUNT_ROOT) != 0;
  }
}
