package io.ferrynfs.server.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.Squash;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The users of replaced exports. */
class ExportsTest {
  private final ManualEnv env = new ManualEnv();
  private final Exports exports =
      new Exports(new ExportTable(exporting("/a"), env.clock().instant()));

  private SequencedMap<String, ExportDefinition> exporting(String path) {
    SequencedMap<String, ExportDefinition> entries = new LinkedHashMap<>();
    entries.put(
        path, new ExportDefinition(MemoryVolume.builder(path, env.clock()).build(), Squash.NONE));
    return entries;
  }

  private Exports.Former replaceBy(String path) {
    return exports.replace(exports.current().replacedBy(exporting(path), env.clock().instant()));
  }

  @Test
  void exportsWithoutARequestAreUnusedAtOnce() {
    exports.enter().leave();
    assertThat(replaceBy("/b").unused()).isCompleted();
  }

  @Test
  void requestUsesTheExportsOfItsStartUntilItEnds() {
    ExportTable first = exports.current();
    Exports.Use early = exports.enter();
    Exports.Former former = replaceBy("/b");
    assertThat(former.table()).isSameAs(first);
    assertThat(early.table()).isSameAs(first);
    Exports.Use late = exports.enter();
    assertThat(late.table()).isSameAs(exports.current()).isNotSameAs(first);
    assertThat(former.unused()).isNotDone();
    early.leave();
    early.leave();
    assertThat(former.unused()).isCompleted();
  }

  @Test
  void earlierReplacementsStayUsedByAnEarlierRequest() {
    Exports.Use early = exports.enter();
    replaceBy("/b");
    Exports.Former former = replaceBy("/c");
    assertThat(former.unused()).isNotDone();
    early.leave();
    assertThat(former.unused()).isCompleted();
  }

  @Test
  void replyThatIsSentLaterKeepsTheExportsUsed() {
    Exports.Use early = exports.enter();
    AtomicInteger closed = new AtomicInteger();
    Runnable onSent = early.retainedUntil(closed::incrementAndGet);
    Exports.Former former = replaceBy("/b");
    assertThat(former.ended()).isNotDone();
    early.leave();
    assertThat(former.ended()).isCompleted();
    assertThat(former.unused()).isNotDone();
    assertThat(closed).hasValue(0);
    onSent.run();
    assertThat(closed).hasValue(1);
    assertThat(former.unused()).isCompleted();
  }
}
