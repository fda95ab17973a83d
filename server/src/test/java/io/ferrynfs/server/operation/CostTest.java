package io.ferrynfs.server.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import org.junit.jupiter.api.Test;

/** Which operations run on the connection's thread. */
class CostTest {
  private final TestServer server = TestServer.start();
  private final ManualEnv env = server.env();
  private final RawClient client = server.client("client").mount();

  @Test
  void lookupsRunOnTheConnectionsThread() {
    env.holdPools();
    assertThat(client.call(Ops.putrootfh(), Ops.getattr(1), Ops.getfh()).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void closeDoesNotBlockTheConnectionsThread() {
    env.holdPools();
    CallReply answer = client.postCall(Ops.putrootfh(), Ops.close(Stateids.ANONYMOUS));
    assertThat(answer.isComplete()).isFalse();
    env.releasePools();
    assertThat(RawClient.decode(answer).status()).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void stateOfARestartedClientIsDiscardedOffTheConnectionsThread() {
    client.restart();
    long sequenceid = client.exchangeId().sequenceid();
    env.holdPools();
    CallReply answer =
        client.post(client.createSessionArgs(sequenceid, RawClient.channel(1 << 16, 2048, 16, 8)));
    assertThat(answer.isComplete()).isFalse();
    env.releasePools();
    assertThat(RawClient.decode(answer).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }
}
