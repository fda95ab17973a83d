package io.ferrynfs.server.dispatch;

import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.Squash;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The groups of callers; AUTH_SYS carries at most 16 (RFC 5531 appendix A). */
class GroupsTest {
  private static final String POOL = "nfs-groups";
  private static final long ALICE = 1001;
  private static final long STRANGER = 2002;

  private final Map<Long, List<Long>> database = new HashMap<>();
  private final List<Long> lookups = new ArrayList<>();
  private boolean broken;
  private Runnable duringLookup = () -> {};
  private final TestServer server =
      TestServer.serving(
          ServerLimits.defaults(),
          ServerOptions.builder().copyRules(CopyRules.LINUX).groups(this::groupsOf).build(),
          new ExportDefinition(
              MemoryVolume.builder("v", InstantSource.system()).rootMode(0777).build(),
              Squash.NONE));
  private final RawClient client = server.client("c").mount();

  private @Nullable List<Long> groupsOf(long uid) throws IOException {
    lookups.add(uid);
    duringLookup.run();
    if (broken) {
      throw new IOException("failed by the test");
    }
    return database.get(uid);
  }

  private static Credential user(long uid, Long... gids) {
    return new Credential.Sys(0, Opaque.ofUtf8("test"), uid, uid, List.of(gids));
  }

  /** Creates a file that only its group may read. */
  private NfsFh4 fileOf(long gid) {
    client.as(RawClient.user(0));
    NfsFh4 file =
        Ops.filehandle(
            client.call(putrootfh(), Ops.open("o", "f" + gid, BOTH, NONE), Ops.getfh()).resarray());
    AttrValues group =
        AttrValues.builder()
            .put(Attrs.MODE, 0040L)
            .put(Attrs.OWNER_GROUP, Opaque.ofUtf8(Long.toString(gid)))
            .build();
    assertThat(client.call(putfh(file), Ops.setattr(Stateids.ANONYMOUS, group)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    return file;
  }

  private static NfsArgop4[] read(NfsFh4 file) {
    return new NfsArgop4[] {putfh(file), Ops.openCurrent("r", READ, NONE)};
  }

  private Nfsstat4 open(Credential user, NfsFh4 file) {
    return client.as(user).call(read(file)).status();
  }

  @Test
  void userHasExactlyTheGroupsOfTheDatabase() {
    database.put(ALICE, LongStream.rangeClosed(100, 140).boxed().toList());
    assertThat(open(user(ALICE), fileOf(140))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(open(user(ALICE, 150L), fileOf(150))).isEqualTo(Nfsstat4.NFS4ERR_ACCESS);
    assertThat(open(user(ALICE), fileOf(ALICE)))
        .as("the client determines the first group")
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lookups).as("once, and not for root").containsExactly(ALICE);
  }

  @Test
  void userUnknownToTheDatabaseHasTheGroupsThatTheClientSends() {
    assertThat(open(user(STRANGER, 150L), fileOf(150))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(open(user(STRANGER, 150L), fileOf(151))).isEqualTo(Nfsstat4.NFS4ERR_ACCESS);
    assertThat(lookups).containsExactly(STRANGER);
  }

  @Test
  void expiredEntryIsRefreshedInTheBackgroundAndStillUsed() {
    database.put(ALICE, List.of(100L));
    NfsFh4 file = fileOf(100);
    assertThat(open(user(ALICE), file)).isEqualTo(Nfsstat4.NFS4_OK);
    database.put(ALICE, List.of());
    server.env().advance(Duration.ofSeconds(299));
    client.as(RawClient.user(0)).call();
    assertThat(lookups).hasSize(1);
    server.env().advance(Duration.ofSeconds(2));
    server.env().hold(POOL);
    assertThat(open(user(ALICE), file)).as("in the background").isEqualTo(Nfsstat4.NFS4_OK);
    server.env().release(POOL);
    assertThat(lookups).hasSize(2);
    assertThat(open(user(ALICE), file)).isEqualTo(Nfsstat4.NFS4ERR_ACCESS);
  }

  @Test
  void callOfAnUnknownUserWaitsWithoutHoldingAThread() {
    database.put(ALICE, List.of(100L));
    NfsFh4 file = fileOf(100);
    server.env().hold(POOL);
    CallReply answer = client.as(user(ALICE)).postCall(read(file));
    assertThat(answer.isComplete()).isFalse();
    server.env().release(POOL);
    assertThat(RawClient.decode(answer).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void lookupWaitsAtMostFiveSecondsForTheDatabase() {
    NfsFh4 file = fileOf(100);
    server.env().hold(POOL);
    CallReply answer = client.as(user(ALICE, 100L)).postCall(read(file));
    List<Boolean> answered = new ArrayList<>();
    duringLookup =
        () -> {
          server.env().advance(Duration.ofSeconds(4));
          answered.add(answer.isComplete());
          server.env().advance(Duration.ofSeconds(1));
          // This thread is blocked; the pool's other one is not.
          server.env().runNext(POOL);
          answered.add(answer.isComplete());
        };
    server.env().runNext(POOL);
    assertThat(answered).containsExactly(false, true);
    assertThat(RawClient.decode(answer).status())
        .as("with the groups that the client sends")
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void failedLookupUsesTheClientsGroupsAndIsRetriedLater() {
    broken = true;
    NfsFh4 file = fileOf(100);
    assertThat(open(user(ALICE, 100L), file)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(open(user(ALICE), file)).isEqualTo(Nfsstat4.NFS4ERR_ACCESS);
    assertThat(lookups).hasSize(1);
    broken = false;
    database.put(ALICE, List.of(100L));
    server.env().advance(Duration.ofSeconds(11));
    assertThat(open(user(ALICE), file)).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void lookupsOfOneAddressAreLimited() {
    NfsFh4 file = fileOf(100);
    database.put(ALICE, List.of(100L));
    server.env().hold(POOL);
    for (long uid = 5000; uid < 5000 + GroupCache.LOOKUPS_PER_ADDRESS_MAX; uid++) {
      var _ = client.as(user(uid)).post(read(file));
    }
    CallReply beyond = client.as(user(9000)).post(read(file));
    assertThat(beyond.isComplete()).as("with the groups that the client sends").isTrue();
    assertThat(lookups).isEmpty();
    server.env().release(POOL);
    assertThat(lookups).hasSize(GroupCache.LOOKUPS_PER_ADDRESS_MAX);
  }
}
