package io.ferrynfs.storage.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.memory.SteppingClock;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class FaultyVolumeTest {
  private final FaultPlan plan = new FaultPlan();
  private final FaultyVolume volume =
      new FaultyVolume(MemoryVolume.builder("test", new SteppingClock()).build(), plan);

  private OpenFile file(String name) throws StorageException {
    return volume
        .create(
            Caller.SUPERUSER,
            volume.root(),
            Name.of(name),
            CreateMode.guarded(),
            AttributeChanges.NONE,
            OpenAccess.READ_WRITE)
        .file();
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertFails(Status status, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.status()).isEqualTo(status));
  }

  @Test
  void onlyTheNthCallFails() throws Exception {
    try (OpenFile file = file("f")) {
      file.sync(SyncScope.ALL);
      plan.fail(Operation.SYNC, 2, Status.IO);
      file.sync(SyncScope.ALL);
      assertFails(Status.IO, () -> file.sync(SyncScope.ALL));
      file.sync(SyncScope.ALL);
      assertThat(plan.calls(Operation.SYNC)).isEqualTo(4);
    }
  }

  @Test
  void everyCallFailsUntilThePlanIsCleared() throws Exception {
    plan.failAll(Operation.CREATE, Status.NO_SPACE);
    assertFails(Status.NO_SPACE, () -> file("f"));
    assertFails(Status.NO_SPACE, () -> file("f"));
    plan.heal();
    file("f").close();
  }

  @Test
  void aCallThatFailsNeverReachesTheVolume() throws Exception {
    try (OpenFile file = file("f")) {
      plan.fail(Operation.WRITE, 1, Status.IO);
      assertFails(Status.IO, () -> file.write(text("lost"), 0));
      assertThat(file.size()).isZero();
    }
  }

  @Test
  void copiesAndWritesAreShortAsPlanned() throws Exception {
    plan.shorten(Operation.COPY_RANGE, 3).shorten(Operation.WRITE, 4);
    try (OpenFile from = file("from");
        OpenFile to = file("to")) {
      ByteBuffer source = text("0123456789");
      assertThat(from.write(source, 0)).isEqualTo(4);
      assertThat(source.remaining()).isEqualTo(6);
      assertThat(from.write(source, 4)).isEqualTo(4);
      assertThat(to.copyRange(from, 0, 0, 8)).isEqualTo(3);
      assertThat(to.size()).isEqualTo(3);
    }
  }

  @Test
  void aHookRunsBeforeTheCall() throws Exception {
    List<Long> sizes = new ArrayList<>();
    try (OpenFile file = file("f")) {
      plan.onAll(Operation.WRITE, () -> sizes.add(file.size()));
      assertThat(file.write(text("abc"), 0)).isEqualTo(3);
      assertThat(file.write(text("abc"), 3)).isEqualTo(3);
    }
    assertThat(sizes).containsExactly(0L, 3L);
  }

  @Test
  void faultsApplyToDuplicatedAndCreatedFiles() throws Exception {
    plan.failAll(Operation.READ, Status.IO);
    try (OpenFile file = file("f");
        OpenFile duplicate = file.duplicate()) {
      assertFails(Status.IO, () -> file.read(ByteBuffer.allocate(1), 0));
      assertFails(Status.IO, () -> duplicate.read(ByteBuffer.allocate(1), 0));
    }
  }
}
