package io.ferrynfs.storage.linux.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ThreadNiceTest {
  @Test
  void workInBackgroundAffectsTheCallingThreadOnly() throws InterruptedException {
    int before = ThreadNice.current();
    AtomicInteger after = new AtomicInteger();
    Thread thread =
        new Thread(() -> {
          ThreadNice.raise();
          ThreadNice.raise();
          after.set(ThreadNice.current());
        });
    thread.start();
    thread.join();
    assertThat(after).hasValue(Math.max(before, ThreadNice.BACKGROUND));
    assertThat(ThreadNice.current()).isEqualTo(before);
  }
}
