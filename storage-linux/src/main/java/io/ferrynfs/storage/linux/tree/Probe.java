package io.ferrynfs.storage.linux.tree;

import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.VolumeLimits;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.DataCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.ErrnoStatus;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.call.QuotaCalls;
import io.ferrynfs.storage.linux.call.Scratch;
import io.ferrynfs.storage.linux.call.XattrCalls;
import io.ferrynfs.storage.linux.handle.Node;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;

/** The features and limits of a filesystem, determined by tests on files without a name. */
public record Probe(Set<Feature> features, VolumeLimits limits) {
  private static final byte[] HERE = {'.'};
  private static final byte[] ANY_XATTR = "user.ferry".getBytes(StandardCharsets.US_ASCII);
  private static final int PC_LINK_MAX = 0;
  private static final int LINK_MAX_UNKNOWN = 127;
  private static final int SYMLINK_BYTES_MAX = 4095;

  /** A time with nanoseconds of every magnitude. */
  private static final int NANOS = 123_456_789;

  public static Probe of(int rootFd, boolean enforcesCallers) throws StorageException {
    EnumSet<Feature> features = EnumSet.of(Feature.CASE_PRESERVING);
    AttributeCalls.Space space = AttributeCalls.statvfs(rootFd);
    int blockBytes = space == null ? 4096 : (int) space.blockBytes();
    if (enforcesCallers) {
      features.add(Feature.CALLER_ENFORCED);
      features.add(Feature.DEVICE_NODES);
    }
    if (Node.statxOf(rootFd).hasBirthTime()) {
      features.add(Feature.BIRTH_TIME);
    }
    int errno = XattrCalls.get(rootFd, ANY_XATTR).errno();
    if (errno == 0 || errno == Errno.ENODATA || errno == Errno.EACCES) {
      features.add(Feature.XATTRS);
    }
    if (QuotaCalls.areOn(rootFd)) {
      features.add(Feature.QUOTAS);
    }
    if (AclLists.areSupported(rootFd)) {
      features.add(Feature.ACLS);
    }
    long resolution = 1;
    long fileBytesMax = Long.MAX_VALUE;
    int fd = OpenCalls.openat(rootFd, HERE, Flags.O_TMPFILE | Flags.O_RDWR, 0600);
    if (fd >= 0) {
      try {
        probeFile(rootFd, fd, blockBytes, features);
        resolution = timeResolution(fd);
        fileBytesMax = fileBytesMax(fd);
      } finally {
        OpenCalls.close(fd);
      }
    }
    boolean xattrs = features.contains(Feature.XATTRS);
    VolumeLimits limits =
        new VolumeLimits(
            space == null ? 255 : (int) Math.min(255, space.nameBytesMax()),
            SYMLINK_BYTES_MAX,
            linkCountMax(rootFd),
            fileBytesMax,
            xattrs ? 255 - UserXattrs.PREFIX.length : 0,
            xattrs ? XattrCalls.SIZE_BYTES_MAX : 0,
            features.contains(Feature.CLONE) ? blockBytes : 0,
            resolution);
    return new Probe(Set.copyOf(features), limits);
  }

  /** Returns the limit of libc, which knows some filesystems and returns 127 for the others. */
  private static long linkCountMax(int rootFd) {
    long known = AttributeCalls.pathconf(rootFd, PC_LINK_MAX);
    return known > LINK_MAX_UNKNOWN ? known : Integer.MAX_VALUE;
  }

  private static void probeFile(int rootFd, int fd, int blockBytes, EnumSet<Feature> features)
      throws StorageException {
    try (Scratch s = Scratch.open()) {
      MemorySegment block = s.allocate(Math.min(blockBytes, 64 << 10));
      block.fill((byte) 1);
      ErrnoStatus.check(DataCalls.pwrite(fd, block, 0));
    }
    if (DataCalls.fallocate(fd, 0, 0, 2L * blockBytes) == 0) {
      features.add(Feature.ALLOCATE);
    }
    int other = OpenCalls.openat(rootFd, HERE, Flags.O_TMPFILE | Flags.O_RDWR, 0600);
    if (other >= 0) {
      if (DataCalls.cloneRange(fd, 0, other, 0, blockBytes) == 0) {
        features.add(Feature.CLONE);
      }
      OpenCalls.close(other);
    }
    if (FileBytes.punch(fd, 0, blockBytes) == 0) {
      features.add(Feature.HOLES);
    }
  }

  /**
   * Returns the maximum offset of the filesystem. No system call reports it, but a seek cannot
   * exceed it. A client that knows it rejects a larger write immediately and not when it flushes.
   */
  private static long fileBytesMax(int fd) {
    if (DataCalls.lseek(fd, Long.MAX_VALUE, Flags.SEEK_SET) >= 0) {
      return Long.MAX_VALUE;
    }
    long fits = 0;
    long tooFar = Long.MAX_VALUE;
    while (tooFar - fits > 1) {
      long middle = fits + (tooFar - fits) / 2;
      if (DataCalls.lseek(fd, middle, Flags.SEEK_SET) >= 0) {
        fits = middle;
      } else {
        tooFar = middle;
      }
    }
    return fits;
  }

  /** Returns the power of ten to which times are truncated, or the next one above. */
  private static long timeResolution(int fd) throws StorageException {
    ErrnoStatus.check(AttributeCalls.utimens(fd, 1_000_000_000, NANOS, 1_000_000_000, NANOS));
    int stored = Node.statxOf(fd).modified().nanos();
    long unit = 1;
    while (unit < 1_000_000_000 && NANOS / unit * unit > stored) {
      unit *= 10;
    }
    return unit;
  }
}
