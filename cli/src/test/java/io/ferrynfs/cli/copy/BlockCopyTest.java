package io.ferrynfs.cli.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class BlockCopyTest {
  private static final int MIB = 1 << 20;

  /** A file in memory that consists of islands of data. Reads outside of them fail. */
  private static final class Islands implements BlockSource, BlockSink {
    final long sizeBytes;
    final Map<Long, byte[]> islands = new TreeMap<>();
    final List<Extent> read = new ArrayList<>();
    long finishedBytes = -1;

    Islands(long sizeBytes) {
      this.sizeBytes = sizeBytes;
    }

    @Override
    public Future<Integer> read(ByteBuffer into, long positionBytes) {
      read.add(new Extent(positionBytes, positionBytes + into.remaining()));
      int wanted = (int) Math.min(into.remaining(), Math.max(0, sizeBytes - positionBytes));
      for (int i = 0; i < wanted; i++) {
        into.put(byteAt(positionBytes + i));
      }
      return CompletableFuture.completedFuture(wanted);
    }

    private byte byteAt(long position) {
      for (Map.Entry<Long, byte[]> island : islands.entrySet()) {
        long at = position - island.getKey();
        if (at >= 0 && at < island.getValue().length) {
          return island.getValue()[(int) at];
        }
      }
      return 0;
    }

    @Override
    public Future<Extent> nextData(long positionBytes, long endBytes) {
      for (Map.Entry<Long, byte[]> island : islands.entrySet()) {
        long end = island.getKey() + island.getValue().length;
        if (end > positionBytes) {
          long start = Math.max(positionBytes, island.getKey());
          return CompletableFuture.completedFuture(
              new Extent(Math.min(start, endBytes), Math.min(end, endBytes)));
        }
      }
      return CompletableFuture.completedFuture(new Extent(endBytes, endBytes));
    }

    @Override
    public Future<Void> write(ByteBuffer from, long positionBytes) {
      byte[] bytes = new byte[from.remaining()];
      from.get(bytes);
      islands.put(positionBytes, bytes);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void finish(long sizeBytes) {
      finishedBytes = sizeBytes;
    }

    @Override
    public void close() {}
  }

  private static byte[] filled(int bytes, int with) {
    byte[] data = new byte[bytes];
    java.util.Arrays.fill(data, (byte) with);
    return data;
  }

  // P-008
  @Test
  void holesAreNeitherReadNorWritten() throws Exception {
    Islands source = new Islands(1L << 40);
    source.islands.put(5L * MIB, filled(100, 1));
    source.islands.put(1L << 30, filled(MIB + 7, 2));
    source.islands.put((1L << 40) - 10, filled(10, 3));
    Islands sink = new Islands(0);
    List<Long> told = new ArrayList<>();
    assertThat(new BlockCopy(2).copy(source, sink, 1L << 40, told::add)).isEqualTo(1L << 40);
    assertThat(source.read)
        .containsExactly(
            new Extent(5L * MIB, 5L * MIB + 100),
            new Extent(1L << 30, (1L << 30) + MIB),
            new Extent((1L << 30) + MIB, (1L << 30) + MIB + 7),
            new Extent((1L << 40) - 10, 1L << 40));
    assertThat(sink.islands.keySet())
        .containsExactly(5L * MIB, 1L << 30, (1L << 30) + MIB, (1L << 40) - 10);
    assertThat(sink.islands.get((1L << 30) + MIB)).isEqualTo(filled(7, 2));
    assertThat(sink.finishedBytes).isEqualTo(1L << 40);
    assertThat(told).endsWith(1L << 40);
  }

  // P-008
  @Test
  void fileWithoutDataIsNotRead() throws Exception {
    Islands source = new Islands(1L << 40);
    Islands sink = new Islands(0);
    new BlockCopy(2).copy(source, sink, 1L << 40, done -> {});
    assertThat(source.read).isEmpty();
    assertThat(sink.islands).isEmpty();
    assertThat(sink.finishedBytes).isEqualTo(1L << 40);
  }

  // P-008: a source that does not report holes returns zeros
  @Test
  void blockOfZerosIsNotWritten() throws Exception {
    Islands source = new Islands(3L * MIB);
    source.islands.put(0L, filled(2 * MIB, 0));
    source.islands.put(2L * MIB, filled(MIB, 9));
    Islands sink = new Islands(0);
    new BlockCopy(2).copy(source, sink, 3L * MIB, done -> {});
    assertThat(sink.islands.keySet()).containsExactly(2L * MIB);
  }

  @Test
  void sourceThatEndsEarlyEndsTheCopy() throws Exception {
    Islands source = new Islands(100);
    source.islands.put(0L, filled(5 * MIB, 4));
    Islands sink = new Islands(0);
    assertThat(new BlockCopy(2).copy(source, sink, 5L * MIB, done -> {})).isEqualTo(100);
    assertThat(sink.finishedBytes).isEqualTo(100);
  }
}
