package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ClientStatus;
import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** The limit of open files and each client's share of it. */
class OpenFilesTest {
  private static final int FILES_MAX = 120;
  private static final Duration EXPIRED = Duration.ofSeconds(91);

  private final MemoryVolume volume =
      MemoryVolume.builder("few", InstantSource.system())
          .rootMode(0777)
          .openFilesMax(FILES_MAX)
          .build();
  private TestServer server = serving(DelegationLimits.none());

  private TestServer serving(DelegationLimits delegations) {
    var volumes = new LinkedHashMap<String, Volume>();
    volumes.put("/", volume);
    return TestServer.serving(
        ServerLimits.builder().delegations(delegations).build(), CopyRules.LINUX, volumes);
  }

  private RawClient client(String name) {
    return server.client(name).mount();
  }

  private static NfsArgop4[] open(String name) {
    return new NfsArgop4[] {putrootfh(), Ops.open("o", name, READ, NONE), Ops.getfh()};
  }

  /** The number of files that a client could open, and the status of the OPEN that failed. */
  private record OpenedFiles(int files, Nfsstat4 failure) {}

  private static OpenedFiles openAll(RawClient client, String prefix) {
    for (int files = 0; ; files++) {
      Nfsstat4 status = client.call(open(prefix + files)).status();
      if (status != Nfsstat4.NFS4_OK) {
        return new OpenedFiles(files, status);
      }
    }
  }

  @Test
  void clientMayOpenHalfOfTheRemainingFiles() {
    assertThat(openAll(client("alpha"), "a"))
        .isEqualTo(new OpenedFiles(40, Nfsstat4.NFS4ERR_NOSPC));
    assertThat(openAll(client("beta"), "b")).isEqualTo(new OpenedFiles(27, Nfsstat4.NFS4ERR_NOSPC));
    assertThat(openAll(client("gamma"), "g"))
        .isEqualTo(new OpenedFiles(18, Nfsstat4.NFS4ERR_NOSPC));
    assertThat(openAll(client("delta"), "d"))
        .isEqualTo(new OpenedFiles(16, Nfsstat4.NFS4ERR_NOSPC));
    assertThat(volume.openFileCount()).isEqualTo(101);
    assertThat(openAll(client("epsilon"), "e"))
        .isEqualTo(new OpenedFiles(16, Nfsstat4.NFS4ERR_NOSPC));
    assertThat(openAll(client("zeta"), "z"))
        .as("when none is left")
        .isEqualTo(new OpenedFiles(3, Nfsstat4.NFS4ERR_DELAY));
  }

  @Test
  void closedFileMayBeOpenedAgain() {
    RawClient alpha = client("alpha");
    List<NfsResop4> first = alpha.call(open("first")).resarray();
    openAll(alpha, "a");
    assertThat(alpha.call(putfh(Ops.filehandle(first)), Ops.close(Ops.stateid(first))).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(openAll(alpha, "b").files()).isEqualTo(1);
  }

  @Test
  void compatibleOpensOfOneFileShareADescriptor() {
    RawClient alpha = client("alpha");
    RawClient beta = client("beta");
    NfsFh4 file = Ops.filehandle(alpha.call(open("f")).resarray());
    for (int i = 0; i < 50; i++) {
      RawClient one = i % 2 == 0 ? alpha : beta;
      for (int mode : List.of(READ, WRITE, BOTH)) {
        assertThat(one.call(putfh(file), Ops.openCurrent(i + " " + mode, mode, NONE)).status())
            .isEqualTo(Nfsstat4.NFS4_OK);
      }
    }
    assertThat(volume.openFileCount()).as("for reading, for writing and for both").isEqualTo(3);
    assertThat(server.services().state().openFiles().of(alpha.clientid())).isEqualTo(3);
    server.env().advance(Duration.ofDays(2));
    server.services().clients().reap();
    assertThat(volume.openFileCount()).isZero();
  }

  /** Quotas and the set-id bits depend on the user that opened the file. */
  @Test
  void writableDescriptorIsSharedByOneUserOnly() {
    RawClient alpha = client("alpha");
    NfsFh4 file = Ops.filehandle(alpha.call(open("f")).resarray());
    AttrValues mode = AttrValues.builder().put(Attrs.MODE, 0666L).build();
    assertThat(alpha.call(putfh(file), Ops.setattr(Stateids.ANONYMOUS, mode)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    for (long user : List.of(0L, 5L, 6L, 5L)) {
      alpha.as(RawClient.user(user));
      String owner = "o" + user;
      assertThat(alpha.call(putfh(file), Ops.openCurrent(owner, BOTH, NONE)).status())
          .isEqualTo(Nfsstat4.NFS4_OK);
    }
    assertThat(volume.openFileCount()).isEqualTo(4);
    assertThat(server.services().state().openFiles().of(alpha.clientid())).isEqualTo(4);
  }

  // RFC 8881 section 8.3: an expired client must not exclude others
  @Test
  void shortageOfFilesExpiresTheOldestCourtesyClients() {
    List<String> log = new ArrayList<>();
    Handler handler = capturing(log);
    Logger logger = Logger.getLogger(CourtesyExpiry.class.getName());
    logger.addHandler(handler);
    try {
      RawClient alpha = client("alpha");
      for (int i = 0; i < 40; i++) {
        assertThat(alpha.call(open("a" + i)).status()).isEqualTo(Nfsstat4.NFS4_OK);
      }
      server.env().advance(Duration.ofSeconds(10));
      RawClient beta = client("beta");
      for (int i = 0; i < 27; i++) {
        assertThat(beta.call(open("b" + i)).status()).isEqualTo(Nfsstat4.NFS4_OK);
      }
      server.env().advance(EXPIRED);
      server.services().clients().reap();
      assertThat(log).isEmpty();
      assertThat(server.services().clients().clientCount()).as("courtesy client").isEqualTo(2);
      RawClient gamma = client("gamma");
      for (int i = 0; i < 30; i++) {
        assertThat(gamma.call(open("g" + i)).status()).isEqualTo(Nfsstat4.NFS4_OK);
      }
      assertThat(server.services().clients().clients())
          .extracting(ClientStatus::name)
          .as("beta renewed its lease last")
          .containsExactlyInAnyOrder("beta", "gamma");
      assertThat(openAll(gamma, "h").failure()).isEqualTo(Nfsstat4.NFS4ERR_NOSPC);
      assertThat(server.services().clients().clientCount()).isEqualTo(1);
      assertThat(log).hasSize(1);
      assertThat(log.getFirst())
          .startsWith("file descriptors run short: client gamma at ")
          .contains("client alpha at ")
          .contains(" has 40 files open and is expired");
    } finally {
      logger.removeHandler(handler);
    }
  }

  @Test
  void shortageIsLoggedOnceWithTheClientAndAdvice() {
    List<String> log = new ArrayList<>();
    Handler handler = capturing(log);
    Logger logger = Logger.getLogger(CourtesyExpiry.class.getName());
    logger.addHandler(handler);
    try {
      RawClient alpha = client("alpha");
      openAll(alpha, "a");
      openAll(client("beta"), "b");
      assertThat(log).hasSize(1);
      assertThat(log.getFirst())
          .startsWith("file descriptors run short: client alpha at ")
          .contains(" has 40 files open; it cannot open more; raise the limit")
          .contains("(ulimit -n)");
      server.env().advance(Duration.ofMinutes(10));
      openAll(client("gamma"), "g");
      assertThat(log).hasSize(2);
    } finally {
      logger.removeHandler(handler);
    }
  }

  private static Handler capturing(List<String> lines) {
    return new Handler() {
      @Override
      public void publish(LogRecord record) {
        lines.add(record.getMessage());
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void readWithoutAnOpenCountsTowardsTheShare() {
    RawClient alpha = client("alpha");
    NfsFh4 file = Ops.filehandle(alpha.call(open("f")).resarray());
    openAll(alpha, "a");
    NfsArgop4 read = Ops.read(Stateids.ANONYMOUS, 0, 1);
    assertThat(alpha.call(putfh(file), read).status()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    RawClient beta = client("beta");
    assertThat(beta.call(putfh(file), read).status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(server.services().state().openFiles().of(beta.clientid())).isZero();
  }
}
