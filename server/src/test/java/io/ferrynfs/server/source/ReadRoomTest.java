package io.ferrynfs.server.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.env.BulkSink;
import io.ferrynfs.server.testing.MemoryFiles;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Data between a READ and its file, in a pipe of 1000 bytes and in memory. */
class ReadRoomTest {
  private static final int PIPE_BYTES = 1000;
  private static final byte[] DATA = ThreeParties.random(5000);

  private final MemoryVolume volume =
      MemoryVolume.builder("target", InstantSource.system()).pipes(PIPE_BYTES).build();
  private final OpenFile file = MemoryFiles.create(volume, "file", OpenAccess.READ_WRITE);
  private final ReadRoom room =
      new ReadRoom(ByteBuffer.allocateDirect(5000), file.pipe().orElseThrow());

  private static ReadableByteChannel connection(int from, int to) {
    return Channels.newChannel(new ByteArrayInputStream(Arrays.copyOfRange(DATA, from, to)));
  }

  private static void read(BulkSink sink, ReadableByteChannel connection, int bytes)
      throws IOException {
    int left = bytes;
    while (left > 0) {
      left -= sink.read(connection, left);
    }
  }

  /** Writes the received data in the order in which a copy does it. */
  private byte[] written(int bytes) throws StorageException {
    long done = 0;
    while (done < bytes) {
      ByteBuffer data = room.inMemory(done, (int) (bytes - done));
      done +=
          data == null ? room.writePiped(file, done, done, 300) : file.write(List.of(data), done);
    }
    ByteBuffer content = ByteBuffer.allocate((int) file.size());
    file.read(content, 0);
    return content.array();
  }

  @Test
  void dataBeyondThePipesCapacityGoesIntoMemory() throws Exception {
    room.asking(4000);
    assertThat(room.bytesMax()).isEqualTo(4000);
    BulkSink sink = room.begin(3000);
    sink.put(ByteBuffer.wrap(DATA, 0, 100));
    read(sink, connection(100, 3000), 2900);
    assertThat(sink.remaining()).isZero();
    assertThat(room.answered(3000)).isTrue();
    assertThat(room.piped()).isEqualTo(PIPE_BYTES);
    assertThat(written(3000)).isEqualTo(Arrays.copyOf(DATA, 3000));
    assertThat(volume.pipedBytes()).isEqualTo(PIPE_BYTES);
  }

  @Test
  void dataAlreadyReceivedMayExceedThePipe() throws Exception {
    room.asking(4000);
    room.begin(4000).put(ByteBuffer.wrap(DATA, 0, 4000));
    assertThat(room.answered(4000)).isTrue();
    assertThat(written(4000)).isEqualTo(Arrays.copyOf(DATA, 4000));
    assertThat(volume.pipedBytes()).isEqualTo(PIPE_BYTES);
  }

  // I-029
  @Test
  void restOfAShortReadGoesIntoMemory() throws Exception {
    room.asking(5000);
    room.begin(400).put(ByteBuffer.wrap(DATA, 0, 400));
    assertThat(room.answered(400)).isTrue();
    assertThat(room.answered(0)).isTrue();
    room.asking(4600);
    read(room.begin(4600), connection(400, 5000), 4600);
    assertThat(room.answered(4600)).isTrue();
    assertThat(written(5000)).isEqualTo(DATA);
    assertThat(volume.pipedBytes()).isEqualTo(400);
  }

  @Test
  void replyToARetriedCallIsNotMixedWithTheFirstReply() throws Exception {
    room.asking(2000);
    BulkSink first = room.begin(2000);
    first.put(ByteBuffer.wrap(new byte[500]));
    BulkSink second = room.begin(2000);
    assertThat(volume.pipeCount()).isZero();
    read(second, connection(0, 1000), 1000);
    assertThatThrownBy(() -> first.put(ByteBuffer.wrap(DATA))).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> first.read(connection(0, 10), 10)).isInstanceOf(IOException.class);
    read(second, connection(1000, 2000), 1000);
    assertThat(room.answered(2000)).isTrue();
    assertThat(written(2000)).isEqualTo(Arrays.copyOf(DATA, 2000));
    assertThat(volume.pipedBytes()).isZero();
  }

  @Test
  void dataThatTheReplyDoesNotReportIsDiscarded() throws Exception {
    room.asking(2000);
    BulkSink sink = room.begin(1000);
    sink.put(ByteBuffer.wrap(DATA, 0, 600));
    assertThat(room.answered(1000)).as("only a part has arrived").isFalse();
    assertThat(room.answered(600)).as("nothing has arrived").isFalse();
    room.begin(1000).put(ByteBuffer.wrap(DATA, 0, 1000));
    assertThat(room.answered(0)).isFalse();
    assertThat(room.piped()).isZero();
  }

  @Test
  void lateDataIsRejected() throws Exception {
    room.asking(1000);
    BulkSink sink = room.begin(1000);
    sink.put(ByteBuffer.wrap(DATA, 0, 600));
    ByteBuffer buffer = room.close();
    assertThat(volume.pipeCount()).isZero();
    assertThatThrownBy(() -> read(sink, connection(600, 1000), 400))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> room.begin(10).put(ByteBuffer.wrap(DATA, 0, 10)))
        .isInstanceOf(IOException.class);
    assertThat(buffer).isEqualTo(ByteBuffer.allocate(5000));
  }
}
