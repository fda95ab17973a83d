package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.destroySession;
import static io.ferrynfs.server.testing.Ops.open;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * EXCHGID4_FLAG_SUPP_FENCE_OPS: the reply to an operation that ends state waits until no earlier
 * request uses that state.
 */
class FenceTest {
  private static final Duration WAIT_MAX = Duration.ofSeconds(10);

  private final TestServer server = TestServer.start();
  private final RawClient client = server.client("alpha").mount();
  private CallReply slow;

  /** Starts a READ of the client that does not complete yet. */
  @BeforeEach
  void startSlowRead() {
    client.call(putrootfh(), open("o", "f", READ, NONE));
    server.env().hold("bulk");
    slow = client.postCall(putrootfh(), Ops.lookup("f"), Ops.read(Stateids.ANONYMOUS, 1));
    assertThat(slow.isComplete()).isFalse();
  }

  private void release() {
    server.env().release("bulk");
    assertThat(RawClient.decode(slow).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  private static void expect(CallReply answer, Nfsstat4 status) {
    assertThat(RawClient.decode(answer).status()).isEqualTo(status);
  }

  // F-012; Linux before 5.10 fails on a flag that it does not know
  @Test
  void flagIsGrantedOnRequestOnly() {
    RawClient other = server.client("beta");
    assertThat(other.exchangeId().flags()).isEqualTo(Nfs4.EXCHGID4_FLAG_USE_NON_PNFS);
    assertThat(other.exchangeId(Nfs4.EXCHGID4_FLAG_SUPP_FENCE_OPS).flags())
        .isEqualTo(Nfs4.EXCHGID4_FLAG_USE_NON_PNFS | Nfs4.EXCHGID4_FLAG_SUPP_FENCE_OPS);
    other.minorVersion(1);
    assertThat(other.exchangeId().flags()).isEqualTo(Nfs4.EXCHGID4_FLAG_USE_NON_PNFS);
  }

  // F-012
  @Test
  void destroySessionWaitsForTheRequestsOfTheSession() {
    CallReply destroyed = client.post(destroySession(client.sessionid()));
    assertThat(destroyed.isComplete()).isFalse();
    release();
    expect(destroyed, Nfsstat4.NFS4_OK);
    assertThat(server.services().clients().sessionCount()).isZero();
  }

  // F-012
  @Test
  void destroySessionWithinTheSessionDoesNotWaitForItself() {
    CallReply destroyed =
        client.post(RawClient.in(client.sequence(1, 1, false), destroySession(client.sessionid())));
    assertThat(destroyed.isComplete()).isFalse();
    release();
    expect(destroyed, Nfsstat4.NFS4_OK);
  }

  // F-012
  @Test
  void destroySessionThatWaitsTooLongReturnsDelayAndChangesNothing() {
    CallReply destroyed = client.post(destroySession(client.sessionid()));
    server.env().advance(WAIT_MAX);
    server.env().release("bulk");
    expect(destroyed, Nfsstat4.NFS4ERR_DELAY);
    expect(slow, Nfsstat4.NFS4_OK);
    assertThat(client.call().status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  // F-012
  @Test
  void concurrentDestroySessionsWithinTheSessionDoNotDeadlock() {
    CallReply one =
        client.post(RawClient.in(client.sequence(1, 1, false), destroySession(client.sessionid())));
    CallReply other =
        client.post(RawClient.in(client.sequence(2, 1, false), destroySession(client.sessionid())));
    release();
    server.env().advance(WAIT_MAX);
    expect(one, Nfsstat4.NFS4ERR_DELAY);
    assertThat(RawClient.decode(other).status()).isIn(Nfsstat4.NFS4_OK, Nfsstat4.NFS4ERR_DELAY);
  }

  // F-012, E-006
  @Test
  void exchangeIdOfARestartedClientWaitsForRequestsOfItsEarlierIncarnation() {
    RawClient restarted = server.client("alpha").restart();
    CallReply answer = restarted.post(restarted.exchangeIdArgs(0));
    assertThat(answer.isComplete()).isFalse();
    release();
    expect(answer, Nfsstat4.NFS4_OK);
  }

  // F-012
  @Test
  void exchangeIdThatWaitsTooLongReturnsDelayAndMayBeRetried() {
    RawClient restarted = server.client("alpha").restart();
    CallReply answer = restarted.post(restarted.exchangeIdArgs(0));
    server.env().advance(WAIT_MAX);
    server.env().release("bulk");
    expect(answer, Nfsstat4.NFS4ERR_DELAY);
    assertThat(restarted.tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4_OK);
  }

  // F-012: other clients do not wait
  @Test
  void exchangeIdOfAnotherUserOrTheSameIncarnationDoesNotWait() {
    assertThat(server.client("alpha").tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4_OK);
    RawClient otherUser = server.client("alpha").as(RawClient.user(7)).restart();
    assertThat(otherUser.tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4ERR_CLID_INUSE);
    assertThat(server.client("beta").restart().tryExchangeId(0)).isEqualTo(Nfsstat4.NFS4_OK);
    release();
  }
}
