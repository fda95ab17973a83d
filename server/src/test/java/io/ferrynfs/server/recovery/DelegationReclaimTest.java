package io.ferrynfs.server.recovery;

import static io.ferrynfs.server.recovery.RestartLab.COMPLETE;
import static io.ferrynfs.server.recovery.RestartLab.NOCREATE;
import static io.ferrynfs.server.recovery.RestartLab.reclaim;
import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.OpenDelegationType4;
import io.ferrynfs.wire.nfs4.Stateid4;
import org.junit.jupiter.api.Test;

/** Delegations after a restart of the server: RFC 8881 sections 10.2.1 and 18.16.3. */
class DelegationReclaimTest {
  private static final NfsArgop4 CLAIM =
      reclaim(READ, NONE, OpenDelegationType4.OPEN_DELEGATE_READ);

  private final RestartLab lab = new RestartLab();
  private final RawClient client = lab.mounted("alpha");
  private final NfsFh4 file = lab.opened(client, "f", READ, NONE);

  private static OpenDelegation4 delegation(NfsResop4 opened) {
    return ((Open4Res.Ok) ((NfsResop4.Open) opened).res()).value().delegation();
  }

  private static NfsResop4 last(RawClient client, NfsArgop4... operations) {
    return client.call(operations).resarray().getLast();
  }

  @Test
  void delegationIsReclaimedWithItsOpenAndKept() {
    lab.restart();
    client.reconnect(lab.server);
    OpenDelegation4.Read granted =
        (OpenDelegation4.Read) delegation(last(client, putfh(file), CLAIM));
    assertThat(granted.read().recall()).isFalse();
    Stateid4 stateid = granted.read().stateid();
    assertThat(last(client, putfh(file), Ops.read(stateid, 1)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    // Further opens with the delegation are accepted at any time (RFC 8881 section 18.16.3).
    NfsArgop4 more = Ops.open("second", READ, NONE, NOCREATE, new OpenClaim4.DelegCurFh(stateid));
    assertThat(lab.inGrace()).isTrue();
    assertThat(last(client, putfh(file), more).status()).isEqualTo(Nfsstat4.NFS4_OK);
    client.call(COMPLETE);
    RawClient writer = lab.mounted("beta");
    assertThat(last(writer, putfh(file), Ops.openCurrent("w", WRITE, NONE)).status())
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(client.connection().nextCallback()).isNotNull();
  }

  @Test
  void delegationReclaimedWithoutABackchannelMustBeReturned() {
    lab.restart();
    client.reconnect(lab.server);
    var callbacks = client.connection();
    client.onConnection(lab.server.connect()).call();
    callbacks.disconnect();
    OpenDelegation4.Read granted =
        (OpenDelegation4.Read) delegation(last(client, putfh(file), CLAIM));
    assertThat(granted.read().recall()).isTrue();
    client.call(COMPLETE);
    RawClient writer = lab.mounted("beta");
    NfsArgop4 write = Ops.openCurrent("w", WRITE, NONE);
    assertThat(last(writer, putfh(file), write).status()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    lab.server.env().advance(RestartLab.LEASE);
    assertThat(last(writer, putfh(file), write).status()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void delegationThatTheServerNeverGrantsIsNotReclaimed() {
    RawClient writer = lab.mounted("beta");
    NfsFh4 written = lab.opened(writer, "g", BOTH, NONE);
    lab.restart();
    client.reconnect(lab.server);
    writer.reconnect(lab.server);
    NfsArgop4 write = reclaim(READ, NONE, OpenDelegationType4.OPEN_DELEGATE_WRITE);
    assertThat(delegation(last(client, putfh(file), write))).isEqualTo(new OpenDelegation4.None());
    RestartLab.reclaimed(writer, written, BOTH, NONE);
    assertThat(delegation(last(client, putfh(written), CLAIM)))
        .isEqualTo(new OpenDelegation4.None());
  }
}
