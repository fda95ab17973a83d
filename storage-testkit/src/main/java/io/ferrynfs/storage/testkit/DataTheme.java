package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Reading and writing data. */
abstract class DataTheme extends Theme {
  @Test
  void readsReturnWhatWasWritten() throws Exception {
    byte[] content = bytes(MIB + 17, 1);
    Handle file = file(root(), "f", content);
    assertThat(content(file)).isEqualTo(content);
    try (OpenFile open = open(file, OpenAccess.READ)) {
      assertThat(open.size()).isEqualTo(content.length);
      assertThat(read(open, 4095, 2)).isEqualTo(Arrays.copyOfRange(content, 4095, 4097));
      assertThat(open.attributes()).isEqualTo(attributes(file));
      assertThat(open.handle()).isEqualTo(file);
    }
  }

  @Test
  void directAndReadOnlyBuffersWork() throws Exception {
    Created created = create(root(), "f");
    byte[] content = bytes(10_000, 2);
    ByteBuffer direct = ByteBuffer.allocateDirect(20_000);
    direct.position(5_000).put(content).flip().position(5_000);
    try (OpenFile file = created.file()) {
      assertThat(file.write(direct.asReadOnlyBuffer(), 3)).isEqualTo(content.length);
      ByteBuffer target = ByteBuffer.allocateDirect(30_000).position(100).limit(9_100);
      assertThat(file.read(target, 3)).isEqualTo(9_000);
      assertThat(target.position()).isEqualTo(9_100);
      byte[] got = new byte[9_000];
      target.get(100, got);
      assertThat(got).isEqualTo(Arrays.copyOf(content, 9_000));
    }
  }

  @Test
  void aReadEndsAtTheEndOfTheFile() throws Exception {
    try (OpenFile file = open(file(root(), "f", utf8("12345")), OpenAccess.READ)) {
      assertThat(read(file, 0, 5)).isEqualTo(utf8("12345"));
      assertThat(read(file, 3, 100)).isEqualTo(utf8("45"));
      assertThat(read(file, 5, 100)).isEmpty();
      assertThat(read(file, 1_000_000, 100)).isEmpty();
      assertThat(read(file, Long.MAX_VALUE, 1)).isEmpty();
      assertThat(read(file, 0, 0)).isEmpty();
    }
  }

  @Test
  void anEmptyWriteChangesNothing() throws Exception {
    Handle handle = file("f");
    long change = attributes(handle).change();
    try (OpenFile file = open(handle, OpenAccess.WRITE)) {
      assertThat(file.write(ByteBuffer.allocate(0), 100)).isZero();
    }
    assertThat(attributes(handle).size()).isEqualTo(1);
    assertThat(attributes(handle).change()).isEqualTo(change);
  }

  @Test
  void severalBuffersAreWrittenInSequence() throws Exception {
    Created created = create(root(), "f");
    try (OpenFile file = created.file()) {
      List<ByteBuffer> buffers =
          List.of(
              ByteBuffer.wrap(utf8("one ")),
              ByteBuffer.allocate(0),
              ByteBuffer.wrap(utf8("two ")),
              ByteBuffer.wrap(utf8("three")));
      assertThat(file.write(buffers, 2)).isEqualTo(13);
      assertThat(buffers).noneMatch(ByteBuffer::hasRemaining);
      assertThat(read(file, 0, 100)).isEqualTo(utf8("\0\0one two three"));
    }
  }

  @Test
  void offsetsOutOfRangeFail() throws Exception {
    long max = volume().limits().fileBytesMax();
    ByteBuffer two = ByteBuffer.wrap(utf8("22"));
    try (OpenFile file = open(file("f"), OpenAccess.READ_WRITE)) {
      assertStatus(Status.INVALID, () -> file.read(ByteBuffer.allocate(1), -1));
      assertStatus(Status.INVALID, () -> file.write(two, -1));
      assertStatus(Status.INVALID, () -> file.truncate(-1));
      assertStatus(Status.TOO_BIG, () -> file.write(two, max));
      assertStatus(Status.TOO_BIG, () -> file.write(two, Long.MAX_VALUE));
      assertThat(two.remaining()).isEqualTo(2);
      assertThat(file.size()).isEqualTo(1);
    }
  }

  @Test
  void aTransferSendsARange() throws Exception {
    byte[] content = bytes(3 * MIB + 5, 3);
    try (OpenFile file = open(file(root(), "f", content), OpenAccess.READ)) {
      assertThat(transferred(file, 0, content.length)).isEqualTo(content);
      assertThat(transferred(file, 100, 50)).isEqualTo(Arrays.copyOfRange(content, 100, 150));
      assertThat(transferred(file, content.length - 3, 100))
          .isEqualTo(Arrays.copyOfRange(content, content.length - 3, content.length));
      assertThat(transferred(file, content.length, 100)).isEmpty();
      assertThat(transferred(file, 0, 0)).isEmpty();
    }
  }

  private static byte[] transferred(OpenFile file, long position, long count)
      throws IOException, StorageException {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    WritableByteChannel channel = Channels.newChannel(sink);
    long sent = 0;
    while (sent < count) {
      long step = file.transferTo(position + sent, count - sent, channel);
      if (step == 0) {
        break;
      }
      sent += step;
    }
    assertThat(sent).isEqualTo(sink.size());
    return sink.toByteArray();
  }

  @Test
  void aTransferEndsWhenTheChannelIsFull() throws Exception {
    try (OpenFile file = open(file(root(), "f", bytes(10_000, 4)), OpenAccess.READ)) {
      assertThat(file.transferTo(0, 10_000, new Narrow(1_234))).isEqualTo(1_234);
      assertThat(file.transferTo(0, 10_000, new Narrow(0))).isZero();
    }
  }

  /** A channel that takes a limited number of bytes. */
  private static final class Narrow implements WritableByteChannel {
    private int room;

    Narrow(int room) {
      this.room = room;
    }

    @Override
    public int write(ByteBuffer source) {
      int taken = Math.min(room, source.remaining());
      source.position(source.position() + taken);
      room -= taken;
      return taken;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void syncedDataSurvivesARestart() throws Exception {
    byte[] content = bytes(300_000, 5);
    Created created = create(root(), "f");
    try (OpenFile file = created.file()) {
      write(file, 1000, content);
      file.sync(SyncScope.DATA);
      file.sync(SyncScope.ALL);
    }
    harness().reopen();
    try (OpenFile file = open(lookup(root(), "f"), OpenAccess.READ)) {
      assertThat(file.size()).isEqualTo(301_000);
      assertThat(read(file, 1000, content.length)).isEqualTo(content);
    }
  }

  @Test
  void randomWritesAndTruncationsMatchAnArray() throws Exception {
    SplittableRandom random = new SplittableRandom(6);
    byte[] model = new byte[200_000];
    int size = 0;
    Created created = create(root(), "f");
    try (OpenFile file = created.file()) {
      for (int i = 0; i < 1000; i++) {
        int at = random.nextInt(model.length - 10_000);
        if (random.nextInt(5) == 0) {
          Arrays.fill(model, Math.min(at, size), Math.max(at, size), (byte) 0);
          size = at;
          file.truncate(size);
        } else {
          byte[] content = bytes(random.nextInt(10_000), i);
          System.arraycopy(content, 0, model, at, content.length);
          write(file, at, content);
          size = content.length == 0 ? size : Math.max(size, at + content.length);
        }
        int from = random.nextInt(model.length);
        int count = random.nextInt(20_000);
        assertThat(read(file, from, count)).isEqualTo(range(model, size, from, count));
      }
      assertThat(read(file, 0, model.length)).isEqualTo(Arrays.copyOf(model, size));
    }
  }

  private static byte[] range(byte[] model, int size, int from, int count) {
    int start = Math.min(from, size);
    return Arrays.copyOfRange(model, start, Math.min(size, start + count));
  }
}
