package io.ferrynfs.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * COPY_NOTIFY stateids on real threads: they are created, used for reads and cancelled while their
 * opens and clients end.
 */
class NotifyRacesTest {
  private static final int CLIENTS = 2;
  private static final int READERS = 2;
  private static final int ROUNDS = 3000;
  private static final int PER_CLIENT_MAX = 8;
  private static final Set<Nfsstat4> EXPECTED =
      Set.of(Nfsstat4.NFS4ERR_BAD_STATEID, Nfsstat4.NFS4ERR_EXPIRED, Nfsstat4.NFS4ERR_DELAY);
  private static final CopyNotice NOTICE =
      new CopyNotice(
          new Principal(1, "1000", 1000, 1000, List.of()),
          new Netloc4.Name(Opaque.ofUtf8("there")));

  private final SystemEnv env = new SystemEnv();
  private final MemoryVolume volume = MemoryVolume.builder("races", InstantSource.system()).build();
  private final StateTable table =
      new StateTable(
          ServerLimits.builder()
              .copies(
                  CopyLimits.builder()
                      .notifiesMax(100)
                      .notifiesPerClientMax(PER_CLIENT_MAX)
                      .build())
              .build(),
          env);
  private final FileKey file = StateLab.file(volume, "file");

  /** The latest stateids of the clients, which all threads use and cancel. */
  private final AtomicReferenceArray<@Nullable Stateid4> notified =
      new AtomicReferenceArray<>(CLIENTS * 2);

  private final AtomicInteger working = new AtomicInteger(CLIENTS);
  private final AtomicInteger reads = new AtomicInteger();
  private final List<Throwable> failures = new ArrayList<>();

  @AfterEach
  void close() {
    env.close();
  }

  // N-020, N-021, N-022, N-023, B30, B33, B35
  @Test
  void racingOperationsNeverCloseAFileInUseAndLeaveNoState() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      threads.add(start(() -> runClient(client)));
    }
    for (int i = 0; i < READERS; i++) {
      threads.add(start(this::read));
    }
    threads.add(start(this::cancel));
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(reads).hasPositiveValue();
    assertThat(table.size()).isZero();
    assertThat(volume.openFileCount()).isZero();
    expectFullCapacity();
  }

  private interface Work {
    void run() throws NfsStatusException, StorageException;
  }

  private Thread start(Work work) {
    return Thread.ofPlatform()
        .start(() -> {
          try {
            work.run();
          } catch (Throwable e) {
            synchronized (failures) {
              failures.add(e);
            }
          }
        });
  }

  private Stateid4 open(long client) throws NfsStatusException, StorageException {
    return table
        .opens()
        .open(
            new OpenRequest(
                client,
                Opaque.ofUtf8("owner"),
                0,
                file,
                ShareBits.READ,
                0,
                volume.open(Caller.SUPERUSER, file.handle(), OpenAccess.READ),
                null,
                null))
        .stateid();
  }

  private void runClient(int client) throws NfsStatusException, StorageException {
    SplittableRandom random = new SplittableRandom(client);
    try {
      for (int round = 0; round < ROUNDS || (reads.get() == 0 && round < 100 * ROUNDS); round++) {
        table.addClient(client);
        Stateid4 open = open(client);
        for (int i = 0; i < 4; i++) {
          ignoringExpectedErrors(() ->
              notified.set(
                  client * 2 + random.nextInt(2),
                  table.notifies().add(client, file, open, NOTICE)));
        }
        if (random.nextBoolean()) {
          table.opens().close(client, file, open);
        }
        if (random.nextInt(8) == 0) {
          table.reap();
        }
        table.removeClient(client);
      }
    } finally {
      working.decrementAndGet();
    }
  }

  private void read() throws NfsStatusException, StorageException {
    SplittableRandom random = new SplittableRandom(77);
    while (working.get() > 0) {
      Stateid4 stateid = notified.get(random.nextInt(notified.length()));
      if (stateid != null) {
        ignoringExpectedErrors(() -> {
          try (FileUse use = table.notifies().use(file, stateid)) {
            assertThat(use.file().size()).isZero();
            reads.incrementAndGet();
          }
        });
      }
    }
  }

  private void cancel() throws NfsStatusException, StorageException {
    SplittableRandom random = new SplittableRandom(99);
    while (working.get() > 0) {
      int slot = random.nextInt(notified.length());
      Stateid4 stateid = notified.get(slot);
      if (stateid != null) {
        ignoringExpectedErrors(
            () -> table.notifies().cancel(slot / 2, file, stateid, NOTICE.principal()));
      }
    }
  }

  private static void ignoringExpectedErrors(Work work)
      throws NfsStatusException, StorageException {
    try {
      work.run();
    } catch (NfsStatusException failed) {
      assertThat(EXPECTED).contains(failed.status());
    }
  }

  /** Expects that every ended stateid has released its place within the limits. */
  private void expectFullCapacity() throws NfsStatusException, StorageException {
    table.addClient(1);
    Stateid4 open = open(1);
    for (int i = 0; i < PER_CLIENT_MAX; i++) {
      table.notifies().add(1, file, open, NOTICE);
    }
    assertThat(table.size()).isEqualTo(PER_CLIENT_MAX + 1);
  }
}
