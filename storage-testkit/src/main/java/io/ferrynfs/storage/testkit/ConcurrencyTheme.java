package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Several threads at once: no update is lost or applied twice, and no thread blocks forever. */
abstract class ConcurrencyTheme extends Theme {
  private static final int THREADS = 4;

  private Created create(CreateMode mode) throws StorageException {
    return volume()
        .create(user(), root(), name("f"), mode, AttributeChanges.NONE, OpenAccess.READ_WRITE);
  }

  @Test
  void oneOfManyGuardedCreationsCreatesTheFile() throws Exception {
    for (int round = 0; round < 20; round++) {
      AtomicInteger made = new AtomicInteger();
      Crew.run(
          THREADS,
          member -> {
            try {
              create(CreateMode.guarded()).file().close();
              made.incrementAndGet();
            } catch (StorageException e) {
              assertThat(e.status()).isEqualTo(Status.EXISTS);
            }
          });
      assertThat(made.get()).isEqualTo(1);
      remove(root(), "f");
    }
  }

  @Test
  void allConcurrentExclusiveRetriesGetTheFile() throws Exception {
    for (int round = 0; round < 20; round++) {
      AtomicInteger made = new AtomicInteger();
      Set<Handle> handles = ConcurrentHashMap.newKeySet();
      Crew.run(
          THREADS,
          member -> {
            Created created = create(CreateMode.exclusive(77));
            created.file().close();
            handles.add(created.handle());
            made.addAndGet(created.createdNow() ? 1 : 0);
          });
      assertThat(made.get()).isEqualTo(1);
      assertThat(handles).hasSize(1);
      remove(root(), "f");
    }
  }

  @Test
  void concurrentWritesToDifferentRangesAreAllVisible() throws Exception {
    int part = 3_000;
    int parts = 200;
    byte[] content = bytes(part * parts, 1);
    try (OpenFile file = create(CreateMode.guarded()).file()) {
      Crew.run(
          THREADS,
          member -> {
            for (int i = member; i < parts; i += THREADS) {
              write(file, (long) i * part, Arrays.copyOfRange(content, i * part, (i + 1) * part));
            }
          });
      assertThat(read(file, 0, content.length + 1)).isEqualTo(content);
    }
  }

  @Test
  void closingAFileDuringReadsIsSafe() throws Exception {
    byte[] content = bytes(64 * KIB, 1);
    Handle handle = file(root(), "f", content);
    for (int round = 0; round < 20; round++) {
      OpenFile file = open(handle, OpenAccess.READ);
      CountDownLatch reading = new CountDownLatch(THREADS - 1);
      Crew.run(
          THREADS,
          member -> {
            if (member == 0) {
              reading.await();
              file.close();
            } else {
              readUntilClosed(file, content, reading);
            }
          });
    }
  }

  private static void readUntilClosed(OpenFile file, byte[] content, CountDownLatch reading) {
    boolean first = true;
    try {
      while (true) {
        assertThat(read(file, 0, content.length)).isEqualTo(content);
        if (first) {
          reading.countDown();
          first = false;
        }
      }
    } catch (StorageException e) {
      assertThat(e.status()).isEqualTo(Status.CLOSED);
    } finally {
      if (first) {
        reading.countDown();
      }
    }
  }

  @Test
  void copiesInOppositeDirectionsComplete() throws Exception {
    byte[] content = bytes(256 * KIB, 1);
    try (OpenFile a = open(file(root(), "a", content), OpenAccess.READ_WRITE);
        OpenFile b = open(file(root(), "b", content), OpenAccess.READ_WRITE)) {
      Crew.run(
          THREADS,
          member -> {
            OpenFile from = member % 2 == 0 ? a : b;
            OpenFile to = member % 2 == 0 ? b : a;
            for (int i = 0; i < 50; i++) {
              assertThat(to.copyRange(from, 0, 0, content.length)).isPositive();
            }
          });
      assertThat(read(a, 0, content.length + 1)).isEqualTo(content);
      assertThat(read(b, 0, content.length + 1)).isEqualTo(content);
    }
  }

  @Test
  void concurrentRenamesNeverCreateACycle() throws Exception {
    Handle a = directory(root(), "a");
    Handle b = directory(root(), "b");
    Name nameA = name("a");
    Name nameB = name("b");
    for (int round = 0; round < 20; round++) {
      AtomicInteger moved = new AtomicInteger();
      Crew.run(
          2,
          member -> {
            try {
              if (member == 0) {
                volume().rename(user(), root(), nameA, b, nameA);
              } else {
                volume().rename(user(), root(), nameB, a, nameB);
              }
              moved.incrementAndGet();
            } catch (StorageException e) {
              assertThat(e.status()).isEqualTo(Status.INVALID);
            }
          });
      assertThat(moved.get()).isEqualTo(1);
      if (volume().parent(user(), a).equals(b)) {
        volume().rename(user(), b, nameA, root(), nameA);
      } else {
        volume().rename(user(), a, nameB, root(), nameB);
      }
    }
  }

  @Test
  void aLookupDuringAReplacingRenameFindsTheOldOrTheNewFile() throws Exception {
    file(root(), "f", utf8("content"));
    AtomicInteger renames = new AtomicInteger();
    Crew.run(
        2,
        member -> {
          for (int i = 0; member == 0 && i < 100; i++) {
            file(root(), "new", utf8("content"));
            volume().rename(user(), root(), name("new"), root(), name("f"));
            renames.incrementAndGet();
          }
          while (member == 1 && renames.get() < 100) {
            readIfStillThere(lookup(root(), "f"));
          }
        });
    assertThat(names(root())).isEqualTo(namesOf("f"));
  }

  /**
   * Reads through a handle. The name always exists, but its object may be replaced before the open.
   */
  private void readIfStillThere(Handle handle) throws StorageException {
    OpenFile file;
    try {
      file = open(handle, OpenAccess.READ);
    } catch (StorageException e) {
      assertThat(e.status()).isEqualTo(Status.STALE);
      return;
    }
    try (file) {
      assertThat(read(file, 0, 100)).isEqualTo(utf8("content"));
    }
  }

  @Test
  void afterConcurrentCallsEveryLinkCountEqualsTheNumberOfNames() throws Exception {
    Handle[] directories = {directory(root(), "a"), directory(root(), "b")};
    Set<Status> expected = EnumSet.of(Status.EXISTS, Status.NOT_FOUND, Status.STALE);
    Crew.run(
        THREADS,
        member -> {
          SplittableRandom random = new SplittableRandom(member);
          for (int i = 0; i < 250; i++) {
            try {
              oneCall(random, directories);
            } catch (StorageException e) {
              assertThat(e.status()).isIn(expected);
            }
          }
        });
    assertLinkCounts(directories);
  }

  private void oneCall(SplittableRandom random, Handle[] directories) throws StorageException {
    Handle directory = directories[random.nextInt(2)];
    Handle other = directories[random.nextInt(2)];
    Name name = name("n" + random.nextInt(8));
    Name otherName = name("n" + random.nextInt(8));
    switch (random.nextInt(4)) {
      case 0 -> file(directory, name.toString(), new byte[0]);
      case 1 -> {
        Handle existing = volume().lookup(user(), directory, name).handle();
        volume().link(user(), existing, other, otherName);
      }
      case 2 -> volume().rename(user(), directory, name, other, otherName);
      default -> volume().remove(user(), directory, name, RemoveKind.NON_DIRECTORY);
    }
  }

  private void assertLinkCounts(Handle[] directories) throws StorageException {
    Map<Handle, Integer> counts = new HashMap<>();
    for (Handle directory : directories) {
      for (Name name : names(directory)) {
        counts.merge(volume().lookup(user(), directory, name).handle(), 1, Integer::sum);
      }
    }
    for (Map.Entry<Handle, Integer> entry : counts.entrySet()) {
      assertThat(attributes(entry.getKey()).nlink()).isEqualTo((long) entry.getValue());
    }
  }
}
