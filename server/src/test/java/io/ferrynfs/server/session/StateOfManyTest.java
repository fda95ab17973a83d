package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.LockOps.lock;
import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.putfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A client with very much state, and the release of that state. */
class StateOfManyTest {
  private static final int FILES = 100;
  private static final int OPENS_PER_FILE = 100;
  private static final int PER_CALL = 25;

  private final TestServer server =
      TestServer.start(ServerLimits.builder().courtesy(CourtesyLimits.none()).build());
  private final StateTable state = server.services().state();

  private record Sizes(int clients, int stateids, int files, int ranges, int waiters) {}

  private Sizes sizes() {
    return new Sizes(
        server.services().clients().clientCount(),
        state.size(),
        state.sizes().files(),
        state.locks().rangeCount(),
        state.locks().waiterCount());
  }

  private static RawClient mounted(TestServer server, String name) {
    return server.client(name).mount(RawClient.channel(1 << 20, 4096, 64, 4));
  }

  private static List<NfsFh4> files(RawClient client) {
    List<NfsFh4> files = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      files.add(
          Ops.filehandle(
              client
                  .call(
                      Ops.putrootfh(),
                      Ops.open("maker", "file " + i, BOTH, 0),
                      Ops.close(Stateids.CURRENT),
                      Ops.getfh())
                  .resarray()));
    }
    return files;
  }

  /** Opens all files many times; each open has a lock on its own byte. */
  private static void openAndLockAll(RawClient client, List<NfsFh4> files, NfsLockType4 type) {
    for (NfsFh4 file : files) {
      for (int begin = 0; begin < OPENS_PER_FILE; begin += PER_CALL) {
        List<NfsArgop4> operations = new ArrayList<>(List.of(putfh(file)));
        for (int i = begin; i < begin + PER_CALL; i++) {
          operations.add(Ops.openCurrent("o" + i, BOTH, 0));
          operations.add(lock(type, Stateids.CURRENT, "l" + i, 2L * i, 1));
        }
        assertThat(client.call(operations.toArray(NfsArgop4[]::new)).resarray().getLast().status())
            .isIn(Nfsstat4.NFS4_OK, Nfsstat4.NFS4ERR_DENIED);
      }
    }
  }

  @Test
  void tenThousandOpensAndLocksAreReleasedWhenTheLeaseEnds() {
    RawClient neighbour = mounted(server, "neighbour");
    List<NfsFh4> files = files(neighbour);
    Sizes before = sizes();
    RawClient client = mounted(server, "client");
    openAndLockAll(client, files, NfsLockType4.WRITE_LT);
    int many = FILES * OPENS_PER_FILE;
    assertThat(sizes()).isEqualTo(new Sizes(before.clients() + 1, 2 * many, FILES, many, 0));
    Duration half = Duration.ofSeconds(ServerLimits.defaults().leaseSeconds()).dividedBy(2);
    for (int i = 0; i < 3; i++) {
      server.env().advance(half);
      neighbour.call();
      server.services().clients().reap();
    }
    assertThat(sizes()).isEqualTo(before);
  }

  @Test
  void hundredPendingLocksAreDiscardedWithTheirClient() {
    RawClient holder = mounted(server, "holder");
    List<NfsFh4> files = files(holder);
    openAndLockAll(holder, files.subList(0, 1), NfsLockType4.WRITE_LT);
    Sizes before = sizes();
    RawClient client = mounted(server, "client");
    for (int i = 0; i < OPENS_PER_FILE; i++) {
      client.call(
          putfh(files.getFirst()),
          Ops.openCurrent("o" + i, BOTH, 0),
          lock(NfsLockType4.WRITEW_LT, Stateids.CURRENT, "l" + i, 2L * i, 1));
    }
    assertThat(state.locks().waiterCount()).isEqualTo(OPENS_PER_FILE);
    Duration half = Duration.ofSeconds(ServerLimits.defaults().leaseSeconds()).dividedBy(2);
    for (int i = 0; i < 3; i++) {
      server.env().advance(half);
      holder.call();
      server.services().clients().reap();
    }
    assertThat(sizes()).isEqualTo(before);
  }
}
