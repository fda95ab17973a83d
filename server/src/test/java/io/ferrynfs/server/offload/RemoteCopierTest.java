package io.ferrynfs.server.offload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.source.ReadRoom;
import io.ferrynfs.server.source.SourceBytes;
import io.ferrynfs.server.source.SourceFile.Extent;
import io.ferrynfs.server.source.SourceFile.Piece;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.server.testing.MemoryFiles;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A copy between servers on a machine without free memory. */
class RemoteCopierTest {
  private static final int MIB = 1 << 20;

  /** A source whose replies the test controls, with one buffer. */
  private static final class ControlledSource implements SourceBytes {
    final CompletableFuture<Extent> extent = new CompletableFuture<>();
    final List<CompletableFuture<Piece>> reads = new ArrayList<>();
    int taken;
    int returned;

    @Override
    public boolean hasHoles() {
      return true;
    }

    @Override
    public int readBytes() {
      return MIB;
    }

    @Override
    public CompletableFuture<Piece> read(ReadRoom room, long offset, int bytes) {
      reads.add(new CompletableFuture<>());
      return reads.getLast();
    }

    @Override
    public CompletableFuture<Extent> nextData(long offset) {
      return extent;
    }

    @Override
    public @Nullable ReadRoom takeRoom(OpenFile target, long bytes, Runnable whenFree) {
      if (taken++ > 0) {
        throw new OutOfMemoryError("planned");
      }
      return ReadRoom.inMemory(ByteBuffer.allocate(MIB));
    }

    @Override
    public void giveBack(ReadRoom room) {
      returned++;
    }

    @Override
    public void suspectLink() {
      throw new AssertionError("the source is not at fault");
    }
  }

  // C-045, B3: nobody catches an error on the thread that delivers a reply
  @Test
  void errorInAReplyHandlerEndsTheCopyAtItsNextStep() throws StorageException, NfsStatusException {
    MemoryVolume volume = MemoryVolume.builder("v", InstantSource.system()).build();
    ControlledSource source = new ControlledSource();
    try (OpenFile target = MemoryFiles.create(volume, "to", OpenAccess.WRITE)) {
      RemoteCopier copier =
          new RemoteCopier(
              source,
              CopyRules.LINUX,
              target,
              new CopyRange(0, 0, 4L * MIB),
              new CopyBytes(),
              8,
              4L * MIB);
      assertThat(copier.step()).isEqualTo(Copier.NOT_YET);
      List<String> woken = new ArrayList<>();
      copier.whenReady(() -> woken.add("once"));
      assertThat(woken).isEmpty();
      source.extent.complete(new Extent(0, 4L * MIB));
      assertThat(woken).containsExactly("once");
      assertThatThrownBy(copier::step).hasRootCauseMessage("planned");
      copier.stop();
      assertThat(source.returned).as("a READ may still write into the buffer").isZero();
      assertThat(source.reads).hasSize(1);
      source.reads.getFirst().complete(new Piece(MIB, false));
      assertThat(source.returned).isEqualTo(1);
    }
  }
}
