package io.ferrynfs.storage.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory for the arguments of system calls: a stack per thread, so that a call costs neither
 * malloc nor an arena. {@link #open} begins a frame, {@link #close} ends the innermost one and
 * everything allocated in it; frames nest as calls do.
 */
final class Scratch implements AutoCloseable {
  /** Room for the largest frames: a directory block, a handle, paths and a statx on top of it. */
  static final int SIZE_BYTES = 192 << 10;

  private static final int FRAMES_MAX = 64;
  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  /** Freed when the thread, and with it this object, is gone. */
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

  static Scratch open() {
    Scratch scratch = OF_THREAD.get();
    scratch.marks[scratch.depth++] = scratch.top;
    return scratch;
  }

  @Override
  public void close() {
    top = marks[--depth];
  }

  MemorySegment errno() {
    return errno;
  }

  /** Memory that is not cleared, aligned to 16 bytes, until the end of the frame. */
  MemorySegment allocate(long bytes) {
    MemorySegment segment = memory.asSlice(top, bytes);
    top = (top + bytes + 15) & ~15L;
    return segment;
  }

  /** A C string; the bytes contain no NUL. */
  MemorySegment string(byte[] bytes) {
    MemorySegment segment = allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    segment.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
    return segment;
  }

  /** The bytes as they are. */
  MemorySegment bytes(byte[] bytes) {
    MemorySegment segment = allocate(Math.max(1, bytes.length));
    MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
    return segment;
  }

  /** {@code /proc/self/fd/N}: the way to an object for calls that take neither O_PATH nor "". */
  MemorySegment procPath(int fd) {
    MemorySegment segment = allocate(32);
    segment.setString(0, "/proc/self/fd/" + fd);
    return segment;
  }

  static byte[] copyOut(MemorySegment segment, long bytes) {
    return segment.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
  }
}
