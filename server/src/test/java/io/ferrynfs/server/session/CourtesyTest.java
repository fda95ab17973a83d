package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.ferrynfs.server.ClientDirectory;
import io.ferrynfs.server.ClientStatus;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Courtesy clients keep their state until another client conflicts with it. */
class CourtesyTest {
  private static final Duration LEASE = Duration.ofSeconds(90);
  private static final Duration EXPIRED = LEASE.plusSeconds(1);

  private TestServer server = TestServer.start();

  /** A client's open file. */
  private record Held(RawClient client, NfsFh4 file, Stateid4 stateid) {}

  private Held held(String owner, int access, int deny) {
    return held(server.client(owner).mount(), owner, access, deny);
  }

  private static Held held(RawClient client, String name, int access, int deny) {
    List<NfsResop4> results =
        client.call(putrootfh(), Ops.open("o", name, access, deny), Ops.getfh()).resarray();
    return new Held(client, Ops.filehandle(results), Ops.stateid(results));
  }

  private void start(Function<CourtesyLimits, CourtesyLimits> change) {
    server =
        TestServer.start(
            ServerLimits.builder()
                .delegations(DelegationLimits.none())
                .courtesy(change.apply(CourtesyLimits.defaults()))
                .build());
  }

  private void pass(Duration time) {
    server.env().advance(time);
    server.services().clients().reap();
  }

  /** Advances the clock while only these clients renew their leases. */
  private void passFor(Duration time, RawClient... alive) {
    Duration left = time;
    while (left.isPositive()) {
      Duration step = left.compareTo(Duration.ofSeconds(60)) < 0 ? left : Duration.ofSeconds(60);
      pass(step);
      left = left.minus(step);
      for (RawClient client : alive) {
        assertThat(client.call().status()).isEqualTo(Nfsstat4.NFS4_OK);
      }
    }
  }

  private static Nfsstat4 reads(Held held) {
    return held.client.call(putfh(held.file), Ops.read(held.stateid, 1)).status();
  }

  private static Nfsstat4 opens(RawClient client, NfsFh4 file, int access, int deny) {
    return client.call(putfh(file), Ops.openCurrent("n", access, deny)).status();
  }

  private int clients() {
    return server.services().clients().clientCount();
  }

  // RFC 8881 sections 8.3, 8.4.3
  @Test
  void courtesyClientThatReturnsBeforeAConflictKeepsItsState() {
    Held held = held("alpha", BOTH, WRITE);
    pass(Duration.ofHours(23));
    assertThat(reads(held)).isEqualTo(Nfsstat4.NFS4_OK);
    // It has a lease again.
    RawClient other = server.client("beta").mount();
    assertThat(opens(other, held.file, WRITE, NONE)).isEqualTo(Nfsstat4.NFS4ERR_SHARE_DENIED);
  }

  @Test
  void requestWithoutAConflictDoesNotExpireACourtesyClient() {
    Held held = held("alpha", READ, WRITE);
    RawClient other = server.client("beta").mount();
    passFor(EXPIRED, other);
    assertThat(opens(other, held.file, READ, NONE)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(other.call(putfh(held.file), Ops.read(Stateids.ANONYMOUS, 1)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(reads(held)).isEqualTo(Nfsstat4.NFS4_OK);
  }

  // RFC 8881 section 9.7: each way to conflict with an open of a courtesy client
  @Test
  void eachConflictExpiresACourtesyClient() {
    NfsArgop4 write = Ops.write(Stateids.ANONYMOUS, 0, StableHow4.UNSTABLE4, "x");
    List<Function<NfsFh4, NfsArgop4[]>> conflicts =
        List.of(
            file -> new NfsArgop4[] {putfh(file), Ops.openCurrent("n", WRITE, NONE)},
            file -> new NfsArgop4[] {putfh(file), Ops.openCurrent("n", READ, READ)},
            file -> new NfsArgop4[] {putfh(file), write},
            file -> new NfsArgop4[] {putrootfh(), Ops.remove("alpha")},
            file -> new NfsArgop4[] {putrootfh(), Ops.savefh(), Ops.rename("omega", "alpha")});
    for (Function<NfsFh4, NfsArgop4[]> conflict : conflicts) {
      server = TestServer.start();
      Held held = held("alpha", BOTH, WRITE);
      RawClient other = server.client("beta").mount();
      other.call(putrootfh(), Ops.open("o", "omega", READ, NONE));
      Nfsstat4 denied = other.call(conflict.apply(held.file)).status();
      assertThat(denied)
          .isIn(Nfsstat4.NFS4ERR_SHARE_DENIED, Nfsstat4.NFS4ERR_LOCKED, Nfsstat4.NFS4ERR_FILE_OPEN);
      passFor(EXPIRED, other);
      assertThat(clients()).isEqualTo(2);
      assertThat(other.call(conflict.apply(held.file)).status()).isEqualTo(Nfsstat4.NFS4_OK);
      assertThat(clients()).isEqualTo(1);
      assertThat(reads(held)).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    }
  }

  @Test
  void courtesyClientExpiresEvenBeforeTheReaperRuns() {
    Held held = held("alpha", BOTH, WRITE);
    server.env().advance(Duration.ofSeconds(60));
    RawClient other = server.client("beta").mount();
    server.env().advance(Duration.ofSeconds(31));
    assertThat(opens(other, held.file, WRITE, NONE)).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void conflictWithAnActiveClientExpiresNoCourtesyClient() {
    Held courtesy = held("alpha", READ, WRITE);
    RawClient alive = server.client("beta").mount();
    assertThat(opens(alive, courtesy.file, READ, WRITE)).isEqualTo(Nfsstat4.NFS4_OK);
    RawClient other = server.client("gamma").mount();
    passFor(EXPIRED, alive, other);
    assertThat(opens(other, courtesy.file, WRITE, NONE)).isEqualTo(Nfsstat4.NFS4ERR_SHARE_DENIED);
    assertThat(reads(courtesy)).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void severalCourtesyClientsExpireTogether() {
    Held first = held("alpha", READ, WRITE);
    Held second = held(server.client("beta").mount(), "alpha", READ, WRITE);
    RawClient other = server.client("gamma").mount();
    passFor(EXPIRED, other);
    assertThat(opens(other, first.file, BOTH, NONE)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(reads(second)).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(clients()).isEqualTo(1);
  }

  @Test
  void requestInProgressKeepsTheLease() {
    Held held = held("alpha", READ, WRITE);
    RawClient other = server.client("beta").mount();
    server.env().hold("bulk");
    CallReply slow = held.client.postCall(putfh(held.file), Ops.read(held.stateid, 1));
    server.env().advance(LEASE.minusSeconds(1));
    other.call();
    server.env().advance(Duration.ofSeconds(60));
    assertThat(opens(other, held.file, WRITE, NONE)).isEqualTo(Nfsstat4.NFS4ERR_SHARE_DENIED);
    server.env().release("bulk");
    assertThat(RawClient.decode(slow).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void clientWithoutStateExpiresWithItsLease() {
    RawClient client = server.client("alpha").mount();
    pass(EXPIRED);
    assertThat(client.call().status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(clients()).isZero();
  }

  @Test
  void courtesyClientExpiresADayAfterItsLease() {
    Held held = held("alpha", READ, NONE);
    pass(LEASE.plusDays(1));
    assertThat(clients()).isEqualTo(1);
    pass(Duration.ofNanos(1));
    assertThat(clients()).isZero();
    assertThat(server.services().state().size()).isZero();
    assertThat(reads(held)).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
  }

  @Test
  void administratorMayDisableCourtesy() {
    start(limits -> limits.toBuilder().seconds(0).build());
    held("alpha", READ, NONE);
    pass(EXPIRED);
    assertThat(clients()).isZero();
    assertThat(server.services().state().size()).isZero();
  }

  @Test
  void beyondTheLimitOfCourtesyClientsTheOldestExpire() {
    start(limits -> limits.toBuilder().clientsMax(2).build());
    Held first = held("first", READ, NONE);
    server.env().advance(Duration.ofSeconds(1));
    Held second = held("second", READ, NONE);
    server.env().advance(Duration.ofSeconds(1));
    Held third = held("third", READ, NONE);
    pass(EXPIRED);
    assertThat(reads(first)).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(reads(second)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(reads(third)).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void clientWithTooManyStateidsIsNotKeptAndBeyondTheTotalTheOldestExpire() {
    start(limits -> limits.toBuilder().stateidsPerClientMax(2).stateidsMax(3).build());
    Held much = held("much", READ, NONE);
    held(much.client, "much 2", READ, NONE);
    held(much.client, "much 3", READ, NONE);
    Held first = held("first", READ, NONE);
    held(first.client, "first 2", READ, NONE);
    server.env().advance(Duration.ofSeconds(1));
    Held second = held("second", READ, NONE);
    held(second.client, "second 2", READ, NONE);
    pass(EXPIRED);
    assertThat(reads(much)).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(reads(first)).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(reads(second)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(server.services().state().size()).isEqualTo(2);
  }

  // E-004, RFC 8881 section 18.35.4: the table of clients is full
  @Test
  void newClientReplacesTheOldestCourtesyClient() {
    server = TestServer.start(ServerLimits.builder().clientsMax(2).build());
    Held first = held("first", READ, NONE);
    server.env().advance(Duration.ofSeconds(1));
    Held second = held("second", READ, NONE);
    pass(EXPIRED);
    server.client("third").mount();
    assertThat(reads(second)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(reads(first)).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(server.client("fourth").tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
  }

  // RFC 8881 section 18.36.4
  @Test
  void shortageOfReplyCacheMemoryExpiresCourtesyClients() {
    server = TestServer.start(ServerLimits.builder().cachedReplyBytesTotalMax(2300).build());
    Held courtesy =
        held(
            server.client("alpha").mount(RawClient.channel(1 << 16, 2048, 8, 64)), "f", READ, NONE);
    pass(EXPIRED);
    RawClient other = server.client("beta").mount(RawClient.channel(1 << 16, 2048, 8, 64));
    assertThat(other.call().status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(reads(courtesy)).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
  }

  // E-006
  @Test
  void restartedClientInheritsNoState() {
    Held held = held("alpha", READ, WRITE);
    pass(EXPIRED);
    held.client.restart().mount();
    assertThat(server.services().state().size()).isZero();
    assertThat(clients()).isEqualTo(1);
  }

  // RFC 8881 section 18.35.4 case 2: the same incarnation after the loss of its sessions
  @Test
  void courtesyClientRecoversItsStateByExchangeId() {
    Held held = held("alpha", READ, WRITE);
    long clientid = held.client.clientid();
    pass(EXPIRED);
    long sequence = held.client.exchangeId().sequenceid();
    held.client.createSession(sequence, RawClient.channel(1 << 16, 2048, 8, 4));
    assertThat(held.client.clientid()).isEqualTo(clientid);
    assertThat(reads(held)).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void administratorListsAndExpiresClients() {
    Held courtesy = held("alpha", READ, WRITE);
    pass(EXPIRED);
    RawClient alive = server.client("beta").mount();
    server.client("gamma").exchangeId();
    ClientDirectory directory = server.services().clients();
    assertThat(directory.clients())
        .extracting(ClientStatus::name, ClientStatus::state, ClientStatus::silent)
        .containsExactly(
            tuple("alpha", ClientStatus.State.COURTESY, EXPIRED),
            tuple("beta", ClientStatus.State.ACTIVE, Duration.ZERO),
            tuple("gamma", ClientStatus.State.UNCONFIRMED, Duration.ZERO));
    assertThat(directory.clients().getFirst().holds().opens()).isEqualTo(1);
    assertThat(directory.clients().getFirst().address()).isEqualTo("127.0.0.1 port 700");
    assertThat(directory.expire(courtesy.client.clientid())).isCompletedWithValue(true);
    assertThat(directory.expire(courtesy.client.clientid())).isCompletedWithValue(false);
    assertThat(directory.expire(alive.clientid())).isCompletedWithValue(true);
    assertThat(reads(courtesy)).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(alive.call().status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(server.services().state().size()).isZero();
  }
}
