package io.ferrynfs.storage.linux.call;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory for the arguments of system calls: one stack per thread, so a call needs neither
 * malloc nor an arena. {@link #open} begins a frame. {@link #close} ends the innermost frame and
 * frees its memory. Frames nest as calls do.
 */
public final class Scratch implements AutoCloseable {
  /** Space for the largest frames: a directory block, a handle, paths and a statx. */
  public static final int SIZE_BYTES = 192 << 10;

  private static final int FRAMES_MAX = 64;
  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  /** Freed with this object after the thread has ended. */
  private final MemorySegment memory;

  private final MemorySegment errno;
  private final long[] marks = new long[FRAMES_MAX];
  private int depth;
  private long top;

  private Scratch() {
    Arena arena = Arena.ofAuto();
    memory = arena.allocate(SIZE_BYTES, 16);
    errno = arena.allocate(Linker.Option.captureStateLayout());
  }

  public static Scratch open() {
    Scratch scratch = OF_THREAD.get();
    scratch.marks[scratch.depth++] = scratch.top;
    return scratch;
  }

  @Override
  public void close() {
    top = marks[--depth];
  }

  public MemorySegment errno() {
    return errno;
  }

  /** Returns memory that is not cleared and is aligned to 16 bytes, until the end of the frame. */
  public MemorySegment allocate(long bytes) {
    MemorySegment segment = memory.asSlice(top, bytes);
    top = (top + bytes + 15) & ~15L;
    return segment;
  }

  /** Returns a C string. The bytes must not contain NUL. */
  public MemorySegment string(byte[] bytes) {
    MemorySegment segment = allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    segment.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
    return segment;
  }

  /** Returns a copy of the bytes. */
  public MemorySegment bytes(byte[] bytes) {
    MemorySegment segment = allocate(Math.max(1, bytes.length));
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment;
  }

  /**
   * Returns {@code /proc/self/fd/N}, for system calls that accept neither O_PATH nor an empty path.
   */
  public MemorySegment procPath(int fd) {
    MemorySegment segment = allocate(32);
    segment.setString(0, "/proc/self/fd/" + fd);
    return segment;
  }

  public static byte[] copyOut(MemorySegment segment, long bytes) {
    return segment.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
  }
}
