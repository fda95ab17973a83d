package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.DelegationLab.answer;
import static io.ferrynfs.server.operation.DelegationLab.callback;
import static io.ferrynfs.server.operation.DelegationLab.delegreturn;
import static io.ferrynfs.server.operation.DelegationLab.free;
import static io.ferrynfs.server.operation.DelegationLab.last;
import static io.ferrynfs.server.operation.DelegationLab.recall;
import static io.ferrynfs.server.operation.DelegationLab.status;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.copyAsync;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static io.ferrynfs.server.testing.Ops.setattr;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import org.junit.jupiter.api.Test;

/** COPY with the stateid of a delegation, as Linux clients send it (RFC 7862 section 15.2). */
class DelegationCopyTest {
  private static final int BYTES = 8 << 20;
  private static final String COPYING = "nfs-copy";

  private final DelegationLab lab = new DelegationLab();
  private final NfsFh4 source = lab.files.file("source", "x".repeat(BYTES));
  private final NfsFh4 target = lab.files.file("target", "");
  private final Stateid4 delegation;
  private final Stateid4 writing;

  DelegationCopyTest() {
    lab.files.env.hold(COPYING);
    delegation =
        DelegationLab.stateid(DelegationLab.open(lab.holder, source, "reader", READ).delegation());
    writing = DelegationLab.open(lab.holder, target, "writer", WRITE).stateid();
  }

  /** Starts a copy of the whole file; Linux sends seqid 0. */
  private Stateid4 start() {
    Stateid4 from = new Stateid4(0, delegation.other());
    Stateid4 to = new Stateid4(0, writing.other());
    return OffloadLab.stateid(
        last(lab.holder, putfh(source), savefh(), putfh(target), copyAsync(from, to, 0, 0, BYTES)));
  }

  private void run() {
    boolean any;
    do {
      any = lab.files.env.runNext(COPYING);
    } while (any);
  }

  private void expectCompletionCallback(Stateid4 copy) {
    SentCallback completion = callback(lab.holder);
    assertThat(completion.args().argarray().get(1))
        .isEqualTo(
            new NfsCbArgop4.Offload(
                new CbOffload4Args(
                    target,
                    copy,
                    OffloadLab.done(
                        BYTES, StableHow4.FILE_SYNC4, lab.files.writeVerifier.current()))));
    assertThat(lab.files.content("target")).isEqualTo(lab.files.content("source"));
  }

  @Test
  void copyWithADelegationStateidSucceeds() { // RFC 8881 section 8.2.5; as Linux clients do
    Stateid4 copy = start();
    run();
    expectCompletionCallback(copy);
  }

  @Test
  void copyContinuesAfterItsDelegationIsReturned() {
    Stateid4 copy = start();
    assertThat(status(lab.holder, putfh(source), delegreturn(delegation)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    run();
    expectCompletionCallback(copy);
  }

  private Nfsstat4 changedByOther() {
    return status(
        lab.other,
        putfh(source),
        setattr(Stateids.ANONYMOUS, AttrValues.builder().put(Attrs.MODE, 0600L).build()));
  }

  private void expectRecall() {
    SentCallback recalled = callback(lab.holder);
    assertThat(recall(recalled)).isEqualTo(new CbRecall4Args(delegation, false, source));
    answer(recalled, Nfsstat4.NFS4_OK);
  }

  @Test
  void recallAndCopyDoNotWaitForEachOther() {
    Stateid4 copy = start();
    assertThat(changedByOther()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    expectRecall();
    assertThat(status(lab.holder, putfh(source), delegreturn(delegation)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(changedByOther()).isEqualTo(Nfsstat4.NFS4_OK);
    run();
    expectCompletionCallback(copy);
  }

  @Test
  void copyContinuesAfterItsDelegationIsRevoked() {
    Stateid4 copy = start();
    assertThat(changedByOther()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    expectRecall();
    lab.pass(DelegationLab.LEASE, lab.holder, lab.other);
    assertThat(changedByOther()).isEqualTo(Nfsstat4.NFS4_OK);
    run();
    expectCompletionCallback(copy);
  }

  // RFC 8881 section 10.4.2: a recalled delegation is valid until it is returned
  @Test
  void recalledDelegationMayStillStartACopy() {
    assertThat(changedByOther()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    expectRecall();
    Stateid4 copy = start();
    assertThat(status(lab.holder, putfh(source), delegreturn(delegation)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    run();
    expectCompletionCallback(copy);
  }

  // RFC 8881 sections 8.2.4 and 10.2.1: after these errors Linux tests its stateids and retries
  @Test
  void copyWithARevokedDelegationFailsAndKeepsNoFileOpen() {
    NfsArgop4[] copy = {
      putfh(source), savefh(), putfh(target), copyAsync(delegation, writing, 0, 0, BYTES)
    };
    assertThat(changedByOther()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    expectRecall();
    lab.pass(DelegationLab.LEASE, lab.holder, lab.other);
    assertThat(status(lab.holder, copy)).isEqualTo(Nfsstat4.NFS4ERR_DELEG_REVOKED);
    assertThat(status(lab.holder, free(delegation))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(status(lab.holder, copy)).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(lab.files.env.runNext(COPYING)).isFalse();
    assertThat(lab.files.content("target")).isEmpty();
  }
}
