package ferry.server.source;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.server.config.SourceLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The memory that is read into. */
class ReadBuffersTest {
  private static final int OF_LINK = 3;
  private static final int SHARED = 4;

  private final ReadBuffers pool =
      new ReadBuffers(SourceLimits.defaults().withReads(8, OF_LINK, SHARED));

  private static List<ByteBuffer> takeAll(ReadBuffers.Share share, Runnable whenFree) {
    List<ByteBuffer> taken = new ArrayList<>();
    ByteBuffer next = share.take(whenFree);
    while (next != null) {
      taken.add(next);
      next = share.take(whenFree);
    }
    return taken;
  }

  // C-045, Z-005
  @Test
  void eachSourceHasABufferOfItsOwnHoweverManyTheOthersHave() {
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
  void whoWaitsIsWokenWhenABufferComesBackOrIsLost() {
    ReadBuffers.Share share = pool.share();
    List<String> woken = new ArrayList<>();
    List<ByteBuffer> taken = takeAll(share, () -> woken.add("first"));
    assertThat(taken).hasSize(OF_LINK).allMatch(ByteBuffer::isDirect);
    assertThat(share.take(() -> woken.add("second"))).isNull();
    ByteBuffer used = taken.getFirst();
    used.position(5);
    share.giveBack(used);
    assertThat(woken).containsExactly("first", "second");
    ByteBuffer again = Objects.requireNonNull(share.take(() -> {}));
    assertThat(again).isSameAs(used);
    assertThat(again.remaining()).isEqualTo(ReadBuffers.BUFFER_BYTES);
    share.abandon();
    assertThat(Objects.requireNonNull(share.take(() -> {}))).isNotSameAs(used);
    assertThat(woken).as("once each").hasSize(2);
    for (int i = 0; i < OF_LINK; i++) {
      share.abandon();
    }
    assertThat(pool.shared()).isZero();
  }
}
