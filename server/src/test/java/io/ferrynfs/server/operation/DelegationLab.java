package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.openCurrent;
import static io.ferrynfs.server.testing.Ops.putfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Res;
import io.ferrynfs.wire.nfs4.Delegreturn4Args;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Open4Resok;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.TestStateid4Args;
import io.ferrynfs.wire.nfs4.TestStateid4Res;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A server that grants delegations, a file, a client that holds a delegation of it, and another
 * client.
 */
final class DelegationLab {
  static final Duration LEASE = Duration.ofSeconds(ServerLimits.defaults().leaseSeconds());
  static final String TEXT = "content";

  /**
   * The time after a recall after which the server certainly grants a delegation of the file again.
   */
  static final Duration COOLED_DOWN =
      Duration.ofSeconds(2L * ServerLimits.defaults().delegations().contendedSecondsMin());

  final FileLab files;
  final RawClient holder;
  final RawClient other;
  final NfsFh4 file;

  DelegationLab() {
    this(ServerLimits.defaults());
  }

  DelegationLab(ServerLimits limits) {
    files = new FileLab(limits, CopyRules.LINUX, FileLab.memory("data"));
    holder = files.client;
    other = client("other");
    file = files.file("file", TEXT);
  }

  RawClient client(String name) {
    return files
        .server
        .client(name)
        .as(RawClient.user(FileLab.OWNER.uid()))
        .mount(RawClient.channel(1 << 21, 4096, 32, 4));
  }

  /** Returns the result of the last operation that was executed. */
  static NfsResop4 last(RawClient client, NfsArgop4... operations) {
    return client.call(operations).resarray().getLast();
  }

  static Nfsstat4 status(RawClient client, NfsArgop4... operations) {
    return last(client, operations).status();
  }

  /** Opens the file, which must succeed. */
  Open4Resok open(RawClient client, String owner, long access, long deny) {
    return open(client, file, owner, access, deny);
  }

  /** Opens another file without a deny mode, which must succeed. */
  static Open4Resok open(RawClient client, NfsFh4 file, String owner, long access) {
    return open(client, file, owner, access, Ops.NONE);
  }

  private static Open4Resok open(
      RawClient client, NfsFh4 file, String owner, long access, long deny) {
    NfsResop4 result = last(client, putfh(file), openCurrent(owner, access, deny));
    return ((Open4Res.Ok) ((NfsResop4.Open) result).res()).value();
  }

  /** Opens the file for reading, closes it and returns the stateid of the delegation. */
  Stateid4 delegated(RawClient client) {
    Open4Resok opened = open(client, "reader", Ops.READ, Ops.NONE);
    assertThat(status(client, putfh(file), Ops.close(opened.stateid())))
        .isEqualTo(Nfsstat4.NFS4_OK);
    return stateid(opened.delegation());
  }

  Stateid4 delegated() {
    return delegated(holder);
  }

  static Stateid4 stateid(OpenDelegation4 delegation) {
    assertThat(delegation).isInstanceOf(OpenDelegation4.Read.class);
    return ((OpenDelegation4.Read) delegation).read().stateid();
  }

  /** Returns the status of an OPEN for writing by the other client. */
  Nfsstat4 writerStatus() {
    return status(other, putfh(file), openCurrent("writer", Ops.WRITE, Ops.NONE));
  }

  static NfsArgop4 delegreturn(Stateid4 stateid) {
    return new NfsArgop4.Delegreturn(new Delegreturn4Args(stateid));
  }

  static NfsArgop4 free(Stateid4 stateid) {
    return new NfsArgop4.FreeStateid(new FreeStateid4Args(stateid));
  }

  /** Returns the status that TEST_STATEID reports for one stateid. */
  static Nfsstat4 tested(RawClient client, Stateid4 stateid) {
    NfsResop4 result =
        last(client, new NfsArgop4.TestStateid(new TestStateid4Args(List.of(stateid))));
    return ((TestStateid4Res.Ok) ((NfsResop4.TestStateid) result).res())
        .value()
        .statusCodes()
        .getFirst();
  }

  /** Returns the next callback to a client, which must exist. */
  static SentCallback callback(RawClient client) {
    return Objects.requireNonNull(client.connection().nextCallback(), "no callback was sent");
  }

  /** Returns the arguments of a CB_RECALL. */
  static CbRecall4Args recall(SentCallback callback) {
    return ((NfsCbArgop4.Recall) callback.args().argarray().get(1)).args();
  }

  static void answer(SentCallback callback, Nfsstat4 status) {
    callback.answer(new NfsCbResop4.Recall(new CbRecall4Res(status)));
  }

  /** Advances the clock while these clients renew their leases. */
  void pass(Duration time, RawClient... alive) {
    Duration step = LEASE.dividedBy(3);
    Duration left = time;
    while (!left.isZero()) {
      Duration now = left.compareTo(step) > 0 ? step : left;
      files.env.advance(now);
      for (RawClient client : alive) {
        client.call();
      }
      files.server.services().clients().reap();
      left = left.minus(now);
    }
  }
}
