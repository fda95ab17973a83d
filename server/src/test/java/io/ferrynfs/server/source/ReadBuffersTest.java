package io.ferrynfs.server.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.testing.MemoryFiles;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The buffers for data from sources. */
class ReadBuffersTest {
  private static final int PER_LINK = 3;
  private static final int SHARED = 4;
  private static final int MIB = 1 << 20;

  private final ReadBuffers pool =
      new ReadBuffers(
          SourceLimits.builder()
              .readsPerCopyMax(8)
              .buffersOfLinkMax(PER_LINK)
              .buffersSharedMax(SHARED)
              .build());
  private final MemoryVolume volume =
      MemoryVolume.builder("target", InstantSource.system()).pipes(MIB).build();
  private final OpenFile file = MemoryFiles.create(volume, "file", OpenAccess.WRITE);

  private List<ReadRoom> takeAll(ReadBuffers.Share share, Runnable whenFree) {
    List<ReadRoom> taken = new ArrayList<>();
    ReadRoom next = share.take(file, MIB, whenFree);
    while (next != null) {
      taken.add(next);
      next = share.take(file, MIB, whenFree);
    }
    return taken;
  }

  // C-045, Z-005
  @Test
  void eachSourceHasABufferHoweverManyTheOthersUse() {
    List<ReadBuffers.Share> shares = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      shares.add(pool.share());
    }
    List<Integer> taken = shares.stream().map(share -> takeAll(share, () -> {}).size()).toList();
    assertThat(taken).containsExactly(3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    assertThat(pool.shared()).isEqualTo(SHARED);
  }

  // Z-005
  @Test
  void waiterIsNotifiedWhenABufferIsReturned() {
    ReadBuffers.Share share = pool.share();
    List<String> woken = new ArrayList<>();
    List<ReadRoom> taken = takeAll(share, () -> woken.add("first"));
    assertThat(taken).hasSize(PER_LINK);
    assertThat(share.take(file, MIB, () -> woken.add("second"))).isNull();
    share.giveBack(taken.getFirst());
    assertThat(woken).containsExactly("first", "second");
    share.giveBack(Objects.requireNonNull(share.take(file, MIB, () -> {})));
    assertThat(woken).as("each waiter once").hasSize(2);
    taken.subList(1, PER_LINK).forEach(share::giveBack);
    assertThat(pool.shared()).isZero();
    assertThat(volume.pipeCount()).isZero();
  }

  // Z-005: one pipe for each buffer, and none for a small READ
  @Test
  void pipesAreLimitedByTheBuffers() {
    ReadBuffers.Share share = pool.share();
    ReadRoom small = Objects.requireNonNull(share.take(file, 4096, () -> {}));
    assertThat(volume.pipeCount()).isZero();
    share.giveBack(small);
    List<ReadRoom> taken = takeAll(share, () -> {});
    assertThat(volume.pipeCount()).isEqualTo(PER_LINK);
    taken.forEach(share::giveBack);
    assertThat(volume.pipeCount()).isZero();
  }

  // Z-005: a caller without a buffer can still read the file and must release its connection
  @Test
  void optionalBufferIsNotGrantedWhenMemoryIsShort() {
    ReadBuffers poor =
        new ReadBuffers(
            SourceLimits.defaults(),
            bytes -> {
              throw new OutOfMemoryError("planned");
            });
    assertThatCode(() -> assertThat(poor.share().tryTake()).isNull()).doesNotThrowAnyException();
    assertThat(poor.shared()).isZero();
  }
}
