package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.ServerLimits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import org.junit.jupiter.api.Test;

/** A remote file as a {@link FileChannel}, and the locks of its channel. */
class ChannelLocksTest {
  private static final NfsPath FILE = NfsPath.of("/file");
  private static final byte[] CONTENT = World.random(3000);

  @FunctionalInterface
  private interface Work {
    void with(FileChannel one, FileChannel other) throws Exception;
  }

  private static void inTwoClients(Work work) throws Exception {
    try (RealServer real = new RealServer(RpcLimits.DEFAULT, ServerLimits.defaults());
        SystemEnv threads = new SystemEnv();
        NfsClient client = real.connect(threads);
        NfsFile made =
            real.witness()
                .open(FILE, NfsOpenOptions.forReplacing(0644).toBuilder().read(true).build());
        NfsFile again = client.open(FILE, NfsOpenOptions.forReadingAndWriting());
        FileChannel one = made.channel();
        FileChannel other = again.channel()) {
      work.with(one, other);
    }
  }

  @Test
  void channelLockExcludesOtherClients() throws Exception {
    inTwoClients((one, other) -> {
      try (FileLock lock = one.lock()) {
        assertThat(lock.isValid()).isTrue();
        assertThat(lock.position()).isZero();
        assertThat(lock.size()).isEqualTo(Long.MAX_VALUE);
        assertThat(other.tryLock(5, 1, true)).isNull();
        assertThatThrownBy(() -> one.tryLock(5, 1, true))
            .isInstanceOf(OverlappingFileLockException.class);
      }
      FileLock shared = other.lock(5, 1, true);
      assertThat(one.tryLock(0, 0, true)).isNotNull();
      assertThat(shared.isShared()).isTrue();
      other.close();
      assertThat(shared.isValid()).isFalse();
    });
  }

  @Test
  void interruptedThreadStopsWaitingForALock() throws Exception {
    inTwoClients((one, other) -> {
      FileLock lock = one.lock();
      Thread.currentThread().interrupt();
      assertThatThrownBy(other::lock).isInstanceOf(FileLockInterruptionException.class);
      assertThat(Thread.interrupted()).isTrue();
      lock.release();
      try (FileLock next = other.lock()) {
        assertThat(next.isValid()).isTrue();
      }
    });
  }

  @Test
  void channelTransfersBytesInBothDirections() throws Exception {
    inTwoClients((one, other) -> {
      var source = Channels.newChannel(new ByteArrayInputStream(CONTENT));
      assertThat(one.transferFrom(source, 0, 5000)).isEqualTo(CONTENT.length);
      one.force(false);
      var read = new ByteArrayOutputStream();
      assertThat(other.transferTo(0, 5000, Channels.newChannel(read))).isEqualTo(CONTENT.length);
      assertThat(read.toByteArray()).isEqualTo(CONTENT);
      ByteBuffer[] parts = {ByteBuffer.allocate(1000), ByteBuffer.allocate(5000)};
      assertThat(other.read(parts)).isEqualTo(CONTENT.length);
      assertThat(other.read(parts)).isEqualTo(-1);
      assertThat(other.position()).isEqualTo(CONTENT.length);
      assertThat(other.write(new ByteBuffer[] {parts[0].flip(), parts[1].flip()}))
          .isEqualTo(CONTENT.length);
      assertThat(one.size()).isEqualTo(2L * CONTENT.length);
      assertThat(one.read(parts[0].clear(), CONTENT.length)).isEqualTo(1000);
      assertThat(one.truncate(10).size()).isEqualTo(10);
    });
  }
}
