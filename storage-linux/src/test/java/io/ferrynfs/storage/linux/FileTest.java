package io.ferrynfs.storage.linux;

import static io.ferrynfs.storage.linux.HandleTest.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.Advice;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.Options.HandleMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File data on a disk filesystem and on tmpfs. */
final class FileTest {
  private static final Caller ROOT = Caller.SUPERUSER;

  private static OpenFile create(LinuxHarness harness, String name) throws StorageException {
    return harness
        .volume()
        .create(
            ROOT,
            harness.volume().root(),
            Name.of(name),
            CreateMode.guarded(),
            AttributeChanges.ofMode(0644),
            OpenAccess.READ_WRITE)
        .file();
  }

  private static byte[] pattern(int length, int seed) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + i / 251 + seed);
    }
    return bytes;
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static byte[] read(OpenFile file, long position, int length) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    file.read(buffer, position);
    byte[] bytes = new byte[buffer.position()];
    buffer.flip().get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp", "/dev/shm"})
  void everyKindOfBufferReadsWhatItWrote(String where) throws Exception {
    byte[] bytes = pattern(300_001, 1);
    try (LinuxHarness harness = LinuxHarness.of(Path.of(where), HandleMode.AUTO);
        OpenFile heap = create(harness, "heap");
        OpenFile plain = create(harness, "direct");
        OpenFile gathered = create(harness, "gathered")) {
      assertThat(heap.write(ByteBuffer.wrap(bytes).asReadOnlyBuffer(), 7)).isEqualTo(300_001);
      assertThat(plain.write(direct(bytes), 7)).isEqualTo(300_001);
      ByteBuffer all = direct(bytes);
      List<ByteBuffer> pieces =
          List.of(all.slice(0, 100), ByteBuffer.allocateDirect(0), all.slice(100, 300_001 - 100));
      assertThat(gathered.write(pieces, 7)).isEqualTo(300_001);
      assertThat(pieces.getLast().hasRemaining()).isFalse();
      for (OpenFile file : List.of(heap, plain, gathered)) {
        assertThat(read(file, 7, 400_000)).isEqualTo(bytes);
        ByteBuffer target = ByteBuffer.allocateDirect(400_000);
        assertThat(file.read(target, 0)).isEqualTo(300_008);
        assertThat(target.flip().position(7)).isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(file.read(ByteBuffer.allocate(10), 300_008)).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp", "/dev/shm"})
  void theKernelAcceptsAdviceOfEveryKind(String where) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(Path.of(where), HandleMode.AUTO);
        OpenFile file = create(harness, "file")) {
      for (Advice advice : Advice.values()) {
        assertThat(file.advise(0, 0, advice)).as(advice + "").isTrue();
        assertThat(file.advise(4096, Long.MAX_VALUE, advice)).as(advice + "").isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp", "/dev/shm"})
  void aCopyOfASparseFilePreservesDataAndHoles(String where) throws Exception {
    long gib = 1L << 30;
    byte[] bytes = pattern(1 << 20, 2);
    try (LinuxHarness harness = LinuxHarness.of(Path.of(where), HandleMode.AUTO);
        OpenFile source = create(harness, "source");
        OpenFile target = create(harness, "target")) {
      source.write(direct(bytes), 0);
      source.write(direct(bytes), gib / 2 + 12_345);
      source.truncate(gib);
      target.write(direct(pattern(3 << 20, 3)), 0);
      long at = 0;
      int calls = 0;
      while (at < gib) {
        long copied = target.copyRange(source, at, at, gib - at);
        assertThat(copied).isPositive();
        at += copied;
        calls++;
      }
      assertThat(calls).isLessThan(20);
      assertThat(target.copyRange(source, gib, gib, 100)).isZero();
      assertThat(target.size()).isEqualTo(gib);
      assertThat(read(target, 0, 4 << 20)).isEqualTo(read(source, 0, 4 << 20));
      assertThat(read(target, gib / 2, 2 << 20)).isEqualTo(read(source, gib / 2, 2 << 20));
      assertThat(target.attributes().spaceUsed()).isLessThan(4 << 20);
      assertThat(target.seekData(4 << 20)).isBetween(gib / 2, gib / 2 + 12_345);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp", "/dev/shm"})
  void aCopyOfManyRangesIsCompleteAndEndsWithTheSource(String where) throws Exception {
    byte[] bytes = pattern((35 << 20) + 7, 5);
    try (LinuxHarness harness = LinuxHarness.of(Path.of(where), HandleMode.AUTO);
        OpenFile source = create(harness, "source");
        OpenFile target = create(harness, "target")) {
      source.write(direct(bytes), 0);
      assertThat(target.copyRange(source, 3, 5, 1L << 30)).isEqualTo(bytes.length - 3);
      assertThat(target.size()).isEqualTo(bytes.length + 2);
      assertThat(read(target, 5, bytes.length))
          .isEqualTo(Arrays.copyOfRange(bytes, 3, bytes.length));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp", "/dev/shm"})
  void holesAreMadeAndFound(String where) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(Path.of(where), HandleMode.AUTO);
        OpenFile file = create(harness, "f")) {
      file.write(direct(pattern(1 << 20, 4)), 0);
      file.deallocate(256 << 10, 256 << 10);
      assertThat(file.seekHole(0)).isEqualTo(256 << 10);
      assertThat(file.seekData(256 << 10)).isEqualTo(512 << 10);
      assertThat(file.seekHole(512 << 10)).isEqualTo(1 << 20);
      assertThat(file.size()).isEqualTo(1 << 20);
      assertThat(read(file, 256 << 10, 256 << 10)).containsOnly(0);
      assertStatus(Status.NO_DATA, () -> file.seekData(1 << 20));
      file.truncate(2 << 20);
      assertThat(file.seekData((1 << 20) + 5000)).isEqualTo(2 << 20);
      file.allocate(2 << 20, 1 << 20);
      assertThat(file.size()).isEqualTo(3 << 20);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp", "/dev/shm"})
  void transferToASocketUsesSendfile(String where) throws Exception {
    byte[] bytes = pattern(4 << 20, 5);
    byte[] header = pattern(100, 7);
    try (LinuxHarness harness = LinuxHarness.of(Path.of(where), HandleMode.AUTO);
        OpenFile file = create(harness, "f");
        ServerSocketChannel listener = ServerSocketChannel.open()) {
      file.write(direct(bytes), 0);
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      ByteBuffer received = ByteBuffer.allocate(bytes.length + 2 * header.length);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread receiver =
          Thread.ofPlatform()
              .start(() -> {
                try (SocketChannel in = listener.accept()) {
                  while (received.hasRemaining() && in.read(received) >= 0) {
                    Thread.onSpinWait();
                  }
                } catch (IOException e) {
                  failure.set(e);
                }
              });
      try (SocketChannel out = SocketChannel.open(listener.getLocalAddress())) {
        // The first bytes are copied: a connection with little traffic is not worth a search.
        assertThat(file.sendBefore(direct(header), out)).isEqualTo(header.length);
        long sent = file.transferTo(0, 1000, out);
        assertThat(sent).isEqualTo(1000);
        sent += file.transferTo(sent, (2 << 20) - sent, out);
        assertThat(sent).isEqualTo(2 << 20);
        assertThat(file.sendBefore(direct(header), out)).isEqualTo(header.length);
        while (sent < bytes.length) {
          sent += file.transferTo(sent, bytes.length - sent, out);
        }
      }
      receiver.join();
      assertThat(failure.get()).isNull();
      ByteBuffer expected =
          ByteBuffer.allocate(received.capacity())
              .put(header)
              .put(bytes, 0, 2 << 20)
              .put(header)
              .put(bytes, 2 << 20, 2 << 20);
      assertThat(received.array()).isEqualTo(expected.array());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp", "/dev/shm"})
  void aClosedFileFailsWithClosedAndItsDuplicateStaysOpen(String where) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(Path.of(where), HandleMode.AUTO)) {
      OpenFile file = create(harness, "f");
      OpenFile twin = file.duplicate();
      file.close();
      file.close();
      assertStatus(Status.CLOSED, file::size);
      twin.write(ByteBuffer.wrap(new byte[] {1}), 0);
      assertThat(twin.size()).isEqualTo(1);
      harness.volume().close();
      assertThat(read(twin, 0, 10)).containsExactly(1);
      assertStatus(Status.CLOSED, () -> harness.volume().space(ROOT));
      twin.close();
      assertStatus(Status.CLOSED, twin::size);
    }
  }

  /** The reported maximum is the exact offset beyond which write(2) fails with EFBIG. */
  @ParameterizedTest
  @ValueSource(strings = {"/tmp", "/dev/shm"})
  void theMaximumFileSizeIsThatOfTheFileSystem(String where) throws Exception {
    try (LinuxHarness harness = LinuxHarness.of(Path.of(where), HandleMode.AUTO);
        OpenFile file = create(harness, "large")) {
      long max = harness.volume().limits().fileBytesMax();
      file.truncate(max);
      assertThat(file.size()).isEqualTo(max);
      if (max < Long.MAX_VALUE) {
        assertStatus(Status.TOO_BIG, () -> file.truncate(max + 1));
        assertStatus(Status.TOO_BIG, () -> file.write(direct(new byte[1]), max));
      }
    }
  }
}
