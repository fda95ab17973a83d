package io.ferrynfs.storage.linux;

import static io.ferrynfs.storage.linux.HandleTest.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Pipe;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.tree.DescriptorBudget;
import io.ferrynfs.storage.linux.tree.LinuxPipe;
import io.ferrynfs.storage.linux.tree.LinuxPipes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Transfers from a connection to a file through a kernel pipe. */
final class PipeTest {
  private static final int MIB = 1 << 20;

  private final LinuxHarness harness = LinuxHarness.of(Options.HandleMode.INDEX);
  private final OpenFile file = create("file");
  private final List<AutoCloseable> open = new ArrayList<>();

  private OpenFile create(String name) {
    try {
      return harness
          .volume()
          .create(
              Caller.SUPERUSER,
              harness.volume().root(),
              Name.of(name),
              CreateMode.guarded(),
              AttributeChanges.ofMode(0644),
              OpenAccess.READ_WRITE)
          .file();
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    file.close();
    harness.close();
  }

  /** Returns both ends of a connection; the first one is non-blocking. */
  private List<SocketChannel> connection(String address) throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
      SocketChannel one = SocketChannel.open(listener.getLocalAddress());
      open.add(one);
      one.configureBlocking(false);
      SocketChannel other = listener.accept();
      open.add(other);
      return List.of(one, other);
    }
  }

  private static byte[] random(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return content;
  }

  private Pipe pipe() {
    return file.pipe().orElseThrow();
  }

  private byte[] content() throws StorageException {
    ByteBuffer content = ByteBuffer.allocate((int) file.size());
    file.read(content, 0);
    return content.array();
  }

  /** Takes until the given number of bytes has arrived. */
  private static void take(Pipe pipe, SocketChannel from, int bytes) throws IOException {
    int taken = 0;
    while (taken < bytes) {
      int count = pipe.take(from, bytes - taken);
      assertThat(count).isNotNegative();
      taken += count;
    }
  }

  @Test
  void bytesOfAConnectionReachTheFileInPieces() throws Exception {
    for (String address : List.of("127.0.0.1", "::1")) {
      List<SocketChannel> ends = connection(address);
      byte[] sent = random(10_000);
      try (Pipe pipe = pipe()) {
        assertThat(pipe.take(ends.getFirst(), 1)).as("no bytes have arrived").isZero();
        ends.getLast().write(ByteBuffer.wrap(sent));
        take(pipe, ends.getFirst(), 9_000);
        assertThat(file.write(pipe, 0, 4_321)).isEqualTo(4_321);
        take(pipe, ends.getFirst(), 1_000);
        assertThat(file.write(pipe, 4_321, 10_000 - 4_321)).isEqualTo(10_000 - 4_321);
        ends.getLast().close();
        int last = pipe.take(ends.getFirst(), 1);
        while (last == 0) {
          last = pipe.take(ends.getFirst(), 1);
        }
        assertThat(last).as("a read reports the end").isEqualTo(Pipe.NO_MORE);
        assertThat(ends.getFirst().read(ByteBuffer.allocate(1))).isEqualTo(-1);
      }
      assertThat(content()).isEqualTo(sent);
      file.truncate(0);
    }
  }

  @Test
  void readerSleepsUntilTheAwaitedBytesHaveArrived() throws Exception {
    List<SocketChannel> ends = connection("127.0.0.1");
    SocketChannel reader = ends.getFirst();
    SocketChannel writer = ends.getLast();
    Pipe pipe = pipe();
    try (Selector selector = Selector.open()) {
      reader.register(selector, SelectionKey.OP_READ);
      writer.write(ByteBuffer.allocate(4));
      assertThat(selector.select()).as("before the first take").isEqualTo(1);
      selector.selectedKeys().clear();
      assertThat(pipe.take(reader, 10)).isEqualTo(4);
      writer.write(ByteBuffer.allocate(1));
      assertThat(selector.selectNow()).as("one of six bytes").isZero();
      writer.write(ByteBuffer.allocate(5));
      assertThat(selector.select()).as("six bytes").isEqualTo(1);
      selector.selectedKeys().clear();
      take(pipe, reader, 6);
      writer.write(ByteBuffer.allocate(1));
      assertThat(selector.select()).as("the first byte of other data").isEqualTo(1);
      selector.selectedKeys().clear();
      take(pipe, reader, 1);
      assertThat(pipe.take(reader, 10)).as("no bytes have arrived").isZero();
      pipe.close();
      assertThat(pipe.take(reader, 10)).isEqualTo(Pipe.NO_MORE);
      writer.write(ByteBuffer.allocate(1));
      assertThat(selector.select()).as("the rest goes elsewhere").isEqualTo(1);
    }
  }

  @Test
  void bytesThatWerePutComeFirst() throws Exception {
    List<SocketChannel> ends = connection("127.0.0.1");
    ends.getLast().write(ByteBuffer.wrap(new byte[] {4, 5}));
    try (Pipe pipe = pipe()) {
      ByteBuffer direct = ByteBuffer.allocateDirect(3).put(new byte[] {9, 1, 2}).flip().position(1);
      assertThat(pipe.put(direct)).isEqualTo(2);
      assertThat(direct.hasRemaining()).isFalse();
      assertThat(pipe.put(ByteBuffer.wrap(new byte[] {3}))).isEqualTo(1);
      take(pipe, ends.getFirst(), 2);
      file.write(pipe, 0, 5);
    }
    assertThat(content()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void aFullPipeLeavesTheRestInTheConnection() throws Exception {
    List<SocketChannel> ends = connection("127.0.0.1");
    ByteBuffer much = ByteBuffer.allocateDirect(8 * MIB);
    try (Pipe pipe = pipe()) {
      int held = pipe.put(much);
      assertThat(held).isBetween(256 << 10, 4 * MIB);
      assertThat(pipe.put(much)).isZero();
      ends.getLast().write(ByteBuffer.wrap(new byte[] {7}));
      ByteBuffer left = ByteBuffer.allocate(10);
      int count = pipe.take(ends.getFirst(), 10);
      assertThat(count).isEqualTo(Pipe.NO_MORE);
      while (left.position() == 0) {
        assertThat(ends.getFirst().read(left)).isNotNegative();
      }
      assertThat(left.get(0)).isEqualTo((byte) 7);
      assertThat(file.write(pipe, 0, held)).isEqualTo(held);
      assertThat(file.size()).isEqualTo(held);
    }
  }

  @Test
  void aFileWithoutSpliceGetsCopies() throws Exception {
    Path path = harness.exported().resolve("file");
    byte[] sent = random(200_000);
    // splice(2) rejects a file that was opened with O_APPEND.
    int fd =
        OpenCalls.openat(
            Flags.AT_FDCWD,
            path.toString().getBytes(StandardCharsets.UTF_8),
            Flags.O_WRONLY | 02000,
            0);
    try (Pipe pipe = pipe()) {
      pipe.put(ByteBuffer.wrap(sent));
      assertThat(((LinuxPipe) pipe).writeTo(fd, 0, sent.length)).isEqualTo(sent.length);
    } finally {
      OpenCalls.close(fd);
    }
    assertThat(Files.readAllBytes(path)).isEqualTo(sent);
  }

  @Test
  void aPipeThatLostBytesFails() throws Exception {
    byte[] path = harness.exported().resolve("file").toString().getBytes(StandardCharsets.UTF_8);
    int readOnly = OpenCalls.openat(Flags.AT_FDCWD, path, Flags.O_RDONLY | 02000, 0);
    try (Pipe pipe = pipe()) {
      pipe.put(ByteBuffer.wrap(random(200_000)));
      assertThat(pipe.take(connection("127.0.0.1").getFirst(), 1)).isZero();
      assertStatus(Status.IO, () -> ((LinuxPipe) pipe).writeTo(readOnly, 0, 200_000));
      assertStatus(Status.INVALID, () -> file.write(new NoPipe(), 0, 1));
    } finally {
      OpenCalls.close(readOnly);
    }
    assertThat(file.size()).isZero();
  }

  /** A pipe of another implementation. */
  private record NoPipe() implements Pipe {
    @Override
    public int take(java.nio.channels.ReadableByteChannel connection, int bytesMax) {
      return NO_MORE;
    }

    @Override
    public int put(ByteBuffer bytes) {
      return 0;
    }

    @Override
    public void close() {}
  }

  private static long pipesOpen() throws IOException {
    try (var open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(PipeTest::isPipe).count();
    }
  }

  private static boolean isPipe(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString().startsWith("pipe:");
    } catch (IOException gone) {
      return false;
    }
  }

  @Test
  void fewEmptyPipesAreKeptUntilTheVolumeIsClosed() throws Exception {
    long before = pipesOpen();
    List<Pipe> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(pipe());
    }
    assertThat(pipesOpen()).isEqualTo(before + 40);
    all.getFirst().put(ByteBuffer.wrap(new byte[] {1}));
    all.getFirst().close();
    all.getFirst().close();
    assertThat(pipesOpen()).as("its bytes must not reach another file").isEqualTo(before + 38);
    all.forEach(Pipe::close);
    assertThat(pipesOpen()).isEqualTo(before + 16);
    try (Pipe again = pipe()) {
      assertThat(pipesOpen()).isEqualTo(before + 16);
      assertThat(again.put(ByteBuffer.wrap(new byte[] {2}))).isEqualTo(1);
      assertThat(file.write(again, 0, 1)).isEqualTo(1);
    }
    assertThat(content()).containsExactly(2);
    Pipe late = pipe();
    file.close();
    harness.volume().close();
    assertThat(pipesOpen()).isEqualTo(before + 2);
    late.close();
    assertThat(pipesOpen()).isEqualTo(before);
  }

  @Test
  void thereIsNoPipeWithoutDescriptorsOrForAReadOnlyOpen() throws Exception {
    LinuxPipes none = new LinuxPipes(new DescriptorBudget(3));
    Pipe one = none.take().orElseThrow();
    assertThat(none.take()).isEmpty();
    one.close();
    none.close();
    DescriptorBudget few = new DescriptorBudget(1);
    assertThat(new LinuxPipes(few).take()).isEmpty();
    assertThat(few.tryTake()).as("the descriptor was returned").isTrue();
    try (OpenFile read = harness.volume().open(Caller.SUPERUSER, file.handle(), OpenAccess.READ)) {
      assertThat(read.pipe()).isEmpty();
    }
  }
}
