package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.DelegationLab.answer;
import static io.ferrynfs.server.operation.DelegationLab.callback;
import static io.ferrynfs.server.operation.DelegationLab.delegreturn;
import static io.ferrynfs.server.operation.DelegationLab.free;
import static io.ferrynfs.server.operation.DelegationLab.last;
import static io.ferrynfs.server.operation.DelegationLab.recall;
import static io.ferrynfs.server.operation.DelegationLab.status;
import static io.ferrynfs.server.operation.DelegationLab.tested;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.state.FileChange;
import io.ferrynfs.server.state.FileUse;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Allocate4Args;
import io.ferrynfs.wire.nfs4.BindConnToSession4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.ChannelDirFromClient4;
import io.ferrynfs.wire.nfs4.Clone4Args;
import io.ferrynfs.wire.nfs4.Createhow4;
import io.ferrynfs.wire.nfs4.Deallocate4Args;
import io.ferrynfs.wire.nfs4.Delegreturn4Res;
import io.ferrynfs.wire.nfs4.FreeStateid4Res;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.OpenNoneDelegation4;
import io.ferrynfs.wire.nfs4.ReferringCall4;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import io.ferrynfs.wire.nfs4.Removexattr4Args;
import io.ferrynfs.wire.nfs4.Setxattr4Args;
import io.ferrynfs.wire.nfs4.SetxattrOption4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How delegations are recalled and revoked: RFC 8881 sections 10.2.1, 10.4, 18.38 and 20.2. */
class DelegationRecallTest {
  private static final AttrValues MODE = AttrValues.builder().put(Attrs.MODE, 0600L).build();
  private static final AttrValues EMPTY = AttrValues.builder().put(Attrs.SIZE, 0L).build();
  private static final Opaque XATTR = Opaque.ofUtf8("x");

  private DelegationLab lab = new DelegationLab();

  /**
   * Returns every operation that changes the file or its name, and therefore conflicts with a
   * delegation.
   */
  private Map<String, NfsArgop4[]> changes() {
    NfsFh4 file = lab.file;
    NfsFh4 source = lab.files.file("source", "other content");
    Stateid4 any = Stateids.ANONYMOUS;
    Map<String, NfsArgop4[]> changes = new LinkedHashMap<>();
    changes.put("OPEN to write", ops(putfh(file), Ops.openCurrent("o", WRITE, NONE)));
    changes.put("OPEN that denies reading", ops(putfh(file), Ops.openCurrent("o", READ, READ)));
    changes.put(
        "OPEN that truncates",
        ops(
            putrootfh(),
            Ops.openCreate("o", READ, new Createhow4.Unchecked4(EMPTY.encode()), "file")));
    changes.put("WRITE", ops(putfh(file), Ops.write(any, 0, StableHow4.FILE_SYNC4, "x")));
    changes.put("SETATTR of the mode", ops(putfh(file), Ops.setattr(any, MODE)));
    changes.put("SETATTR of the size", ops(putfh(file), Ops.setattr(any, EMPTY)));
    changes.put(
        "ALLOCATE", ops(putfh(file), new NfsArgop4.Allocate(new Allocate4Args(any, 0, 100))));
    changes.put(
        "DEALLOCATE", ops(putfh(file), new NfsArgop4.Deallocate(new Deallocate4Args(any, 0, 2))));
    changes.put("COPY", ops(putfh(source), savefh(), putfh(file), Ops.copy(0, 0, 0)));
    changes.put(
        "CLONE",
        ops(
            putfh(source),
            savefh(),
            putfh(file),
            new NfsArgop4.Clone(new Clone4Args(any, any, 0, 0, 0))));
    changes.put("LINK", ops(putfh(file), savefh(), putrootfh(), Ops.link("second name")));
    changes.put("RENAME of it", ops(putrootfh(), savefh(), Ops.rename("file", "renamed")));
    changes.put("RENAME to it", ops(putrootfh(), savefh(), Ops.rename("source", "file")));
    changes.put("REMOVE", ops(putrootfh(), Ops.remove("file")));
    changes.put(
        "SETXATTR",
        ops(
            putfh(file),
            new NfsArgop4.Setxattr(
                new Setxattr4Args(SetxattrOption4.SETXATTR4_EITHER, XATTR, Opaque.EMPTY))));
    changes.put(
        "REMOVEXATTR", ops(putfh(file), new NfsArgop4.Removexattr(new Removexattr4Args(XATTR))));
    return changes;
  }

  private static NfsArgop4[] ops(NfsArgop4... operations) {
    return operations;
  }

  private void withXattr() {
    NfsArgop4 set =
        new NfsArgop4.Setxattr(
            new Setxattr4Args(SetxattrOption4.SETXATTR4_EITHER, XATTR, Opaque.EMPTY));
    assertThat(status(lab.holder, putfh(lab.file), set)).isEqualTo(Nfsstat4.NFS4_OK);
  }

  // C-038, RFC 8881 section 10.4.4
  @Test
  void everyChangeByAnotherClientWaitsUntilTheDelegationIsReturned() {
    for (String name : changes().keySet()) {
      lab = new DelegationLab();
      withXattr();
      NfsArgop4[] change = changes().get(name);
      Stateid4 stateid = lab.delegated();
      assertThat(status(lab.other, change)).as(name).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
      assertThat(lab.files.content("file")).as(name).isEqualTo(DelegationLab.TEXT);
      SentCallback recalled = callback(lab.holder);
      assertThat(recall(recalled)).as(name).isEqualTo(new CbRecall4Args(stateid, false, lab.file));
      answer(recalled, Nfsstat4.NFS4_OK);
      assertThat(status(lab.other, change)).as(name).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
      assertThat(lab.holder.connection().nextCallback()).as(name).isNull();
      assertThat(status(lab.holder, putfh(lab.file), delegreturn(stateid)))
          .as(name)
          .isEqualTo(Nfsstat4.NFS4_OK);
      assertThat(status(lab.other, change)).as(name).isEqualTo(Nfsstat4.NFS4_OK);
    }
  }

  @Test
  void changesByTheHolderDoNotRecallItsDelegation() { // as knfsd; pynfs DELEG23
    for (String name : changes().keySet()) {
      lab = new DelegationLab();
      withXattr();
      NfsArgop4[] change = changes().get(name);
      Stateid4 stateid = lab.delegated();
      assertThat(status(lab.holder, change)).as(name).isEqualTo(Nfsstat4.NFS4_OK);
      assertThat(lab.holder.connection().nextCallback()).as(name).isNull();
      assertThat(tested(lab.holder, stateid)).as(name).isEqualTo(Nfsstat4.NFS4_OK);
    }
  }

  @Test
  void readsRecallNothing() {
    lab.delegated();
    NfsFh4 target = lab.files.file("target", "");
    Stateid4 any = Stateids.ANONYMOUS;
    assertThat(
            List.of(
                status(lab.other, putfh(lab.file), Ops.read(any, 9)),
                status(lab.other, putfh(lab.file), Ops.openCurrent("o", READ, WRITE)),
                status(lab.other, putfh(lab.file), Ops.getattr(Attrs.CHANGE)),
                status(lab.other, putfh(lab.file), savefh(), putfh(target), Ops.copy(0, 0, 0))))
        .containsOnly(Nfsstat4.NFS4_OK);
    assertThat(lab.holder.connection().nextCallback()).isNull();
  }

  @Test
  void openThatIsDeniedRecallsNothing() {
    lab.open(lab.holder, "o", READ, WRITE);
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4ERR_SHARE_DENIED);
    assertThat(lab.holder.connection().nextCallback()).isNull();
  }

  @Test
  void allHoldersAreRecalledAndAllMustReturn() {
    RawClient third = lab.client("third");
    Stateid4 first = lab.delegated();
    Stateid4 second = lab.delegated(third);
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(recall(callback(lab.holder)).stateid()).isEqualTo(first);
    assertThat(recall(callback(third)).stateid()).isEqualTo(second);
    status(lab.holder, putfh(lab.file), delegreturn(first));
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    status(third, putfh(lab.file), delegreturn(second));
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  // RFC 8881 section 2.10.6.3: the client may see the recall before the reply to OPEN
  @Test
  void recallNamesTheOpenAsReferringCall() {
    lab.holder.call(putfh(lab.file), Ops.openCurrent("o", READ, NONE));
    lab.writerStatus();
    assertThat(callback(lab.holder).sequence().referringCallLists())
        .containsExactly(
            new ReferringCallList4(lab.holder.sessionid(), List.of(new ReferringCall4(2, 0))));
  }

  @Test
  void noDelegationIsGrantedDuringAChange() throws NfsStatusException {
    FileKey key = lab.files.exports.everything().decode(lab.file).key();
    OpenDelegation4 contended =
        new OpenDelegation4.NoneExt(new OpenNoneDelegation4.Contention(false));
    long other = lab.other.clientid();
    try (FileChange _ = lab.files.state.delegations().change(other, key)) {
      assertThat(lab.open(lab.holder, "o", READ | 0x100, NONE).delegation()).isEqualTo(contended);
    }
    // The target of a copy stays open after the client has closed it.
    Stateid4 opened = lab.open(lab.other, "w", WRITE, NONE).stateid();
    try (FileUse _ =
        lab.files.state.opens().forWrite(other, key, opened, DelegationRecallTest::notOpened)) {
      lab.other.call(putfh(lab.file), Ops.close(opened));
      assertThat(lab.open(lab.holder, "o", READ | 0x100, NONE).delegation()).isEqualTo(contended);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
    assertThat(lab.delegated()).isNotNull();
  }

  private static OpenFile notOpened() {
    throw new AssertionError("the stateid is not a special one");
  }

  @Test
  void lostRecallIsSentAgainOnTheNextConnection() { // E-002
    Stateid4 stateid = lab.delegated();
    TestConnection first = lab.holder.connection();
    lab.writerStatus();
    SentCallback lost = callback(lab.holder);
    TestConnection second = lab.files.server.connect();
    lab.holder
        .onConnection(second)
        .compound(
            new NfsArgop4.BindConnToSession(
                new BindConnToSession4Args(
                    lab.holder.sessionid(), ChannelDirFromClient4.CDFC4_FORE_OR_BOTH, false)));
    first.disconnect();
    lost.fail(RpcException.Kind.CONNECTION_LOST);
    SentCallback again = callback(lab.holder);
    assertThat(again.args()).isEqualTo(lost.args());
    answer(again, Nfsstat4.NFS4_OK);
    status(lab.holder, putfh(lab.file), delegreturn(stateid));
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  // RFC 8881 section 10.4.5, T-018, as pynfs DELEG8
  @Test
  void delegationNotReturnedWithinALeaseIsRevoked() {
    Stateid4 stateid = lab.delegated();
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    answer(callback(lab.holder), Nfsstat4.NFS4_OK);
    lab.pass(DelegationLab.LEASE.minusNanos(1), lab.holder, lab.other);
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(lab.holder.statusFlags()).isZero();
    lab.files.env.advance(Duration.ofNanos(1));
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4_OK);

    assertThat(lab.holder.statusFlags()).isEqualTo(Nfs4.SEQ4_STATUS_RECALLABLE_STATE_REVOKED);
    assertThat(lab.other.statusFlags()).isZero();
    assertThat(status(lab.holder, putfh(lab.file), Ops.read(stateid, 9)))
        .isEqualTo(Nfsstat4.NFS4ERR_DELEG_REVOKED);
    assertThat(last(lab.holder, putfh(lab.file), delegreturn(stateid)))
        .isEqualTo(new NfsResop4.Delegreturn(new Delegreturn4Res(Nfsstat4.NFS4ERR_DELEG_REVOKED)));
    assertThat(tested(lab.holder, stateid)).isEqualTo(Nfsstat4.NFS4ERR_DELEG_REVOKED);
    assertThat(tested(lab.other, stateid)).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(status(lab.holder, putfh(lab.file), Ops.close(stateid)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(lab.holder.statusFlags()).isEqualTo(Nfs4.SEQ4_STATUS_RECALLABLE_STATE_REVOKED);

    assertThat(last(lab.holder, free(stateid)))
        .isEqualTo(new NfsResop4.FreeStateid(new FreeStateid4Res(Nfsstat4.NFS4_OK)));
    assertThat(lab.holder.statusFlags()).isZero();
    assertThat(tested(lab.holder, stateid)).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(last(lab.holder, free(stateid)))
        .isEqualTo(new NfsResop4.FreeStateid(new FreeStateid4Res(Nfsstat4.NFS4ERR_BAD_STATEID)));
  }

  @Test
  void delegationIsRevokedWithoutAnotherConflictingRequest() {
    Stateid4 stateid = lab.delegated();
    lab.writerStatus();
    lab.pass(DelegationLab.LEASE, lab.holder);
    assertThat(tested(lab.holder, stateid)).isEqualTo(Nfsstat4.NFS4ERR_DELEG_REVOKED);
  }

  @Test
  void delegationOfAClientWithoutABackchannelIsRevoked() { // RFC 8881 section 10.2.1
    Stateid4 stateid = lab.delegated();
    TestConnection callbacks = lab.holder.connection();
    lab.holder.onConnection(lab.files.server.connect()).call();
    callbacks.disconnect();
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    lab.pass(DelegationLab.LEASE, lab.holder, lab.other);
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.holder.statusFlags() & Nfs4.SEQ4_STATUS_RECALLABLE_STATE_REVOKED).isNotZero();
    assertThat(tested(lab.holder, stateid)).isEqualTo(Nfsstat4.NFS4ERR_DELEG_REVOKED);
  }

  @Test
  void courtesyClientIsNotRecalledAndExpiresAtOnce() { // RFC 8881 section 8.3
    for (String name : changes().keySet()) {
      lab = new DelegationLab();
      withXattr();
      NfsArgop4[] change = changes().get(name);
      Stateid4 stateid = lab.delegated();
      lab.pass(Duration.ofHours(1), lab.other);
      assertThat(status(lab.holder, putfh(lab.file), Ops.read(stateid, 9)))
          .as("a courtesy client may read until a conflict")
          .isEqualTo(Nfsstat4.NFS4_OK);
      lab.pass(DelegationLab.LEASE.plusNanos(1), lab.other);
      assertThat(status(lab.other, change)).as(name).isEqualTo(Nfsstat4.NFS4_OK);
      assertThat(lab.holder.connection().nextCallback()).as(name).isNull();
      assertThat(lab.holder.call().status()).as(name).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    }
  }

  @Test
  void courtesyClientExpiresWhenTheActiveHoldersHaveReturned() { // RFC 8881 section 8.3
    RawClient living = lab.client("living");
    lab.delegated();
    Stateid4 stateid = lab.delegated(living);
    lab.pass(DelegationLab.LEASE.plusNanos(1), lab.other, living);
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    answer(callback(living), Nfsstat4.NFS4_OK);
    assertThat(status(living, putfh(lab.file), delegreturn(stateid))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.holder.call().status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
  }

  @Test
  void opensOfAClientOutliveItsDelegation() { // RFC 8881 section 10.4.6
    Stateid4 opened = lab.open(lab.holder, "o", READ, NONE).stateid();
    lab.writerStatus();
    lab.pass(DelegationLab.LEASE, lab.holder, lab.other);
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(status(lab.holder, putfh(lab.file), Ops.read(opened, 9)))
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void clientThatHoldsOnlyRevokedStateIsNotBusy() {
    lab.delegated();
    lab.writerStatus();
    lab.pass(DelegationLab.LEASE, lab.holder);
    lab.holder.compound(Ops.destroySession(lab.holder.sessionid()));
    assertThat(lab.holder.compound(Ops.destroyClientid(lab.holder.clientid())).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.files.state.size()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Nfsstat4.class,
      names = {"NFS4ERR_BADHANDLE", "NFS4ERR_BAD_STATEID"})
  void holderThatRepeatedlyDeniesTheDelegationLosesItWithoutRevocation(
      Nfsstat4 status) { // RFC 8881 section 20.2.4
    Stateid4 stateid = lab.delegated();
    lab.writerStatus();
    for (int i = 0; i < 2; i++) {
      answer(callback(lab.holder), status);
      assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
      lab.files.env.advance(Duration.ofSeconds(1));
    }
    answer(callback(lab.holder), status);
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(tested(lab.holder, stateid)).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(lab.holder.statusFlags()).isZero();
  }

  @Test
  void delegationIsRevokedAfterAnyOtherRepeatedError() { // RFC 8881 section 20.2.4
    Stateid4 stateid = lab.delegated();
    lab.writerStatus();
    for (int i = 0; i < 3; i++) {
      answer(callback(lab.holder), Nfsstat4.NFS4ERR_SERVERFAULT);
      lab.files.env.advance(Duration.ofSeconds(1));
    }
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(tested(lab.holder, stateid)).isEqualTo(Nfsstat4.NFS4ERR_DELEG_REVOKED);
  }

  @Test
  void recallThatFailsAfterTheReturnIsNotRepeated() {
    Stateid4 stateid = lab.delegated();
    lab.writerStatus();
    SentCallback recalled = callback(lab.holder);
    status(lab.holder, putfh(lab.file), delegreturn(stateid));
    answer(recalled, Nfsstat4.NFS4ERR_BAD_STATEID);
    lab.files.env.advance(Duration.ofSeconds(10));
    assertThat(lab.holder.connection().nextCallback()).isNull();
  }

  @Test
  void recallWaitsForRoomAmongThePendingCallbacks() {
    lab = new DelegationLab(ServerLimits.builder().callbacksPendingPerClientMax(1).build());
    NfsFh4 second = lab.files.file("second", "x");
    Stateid4 first = lab.delegated();
    lab.holder.call(putfh(second), Ops.openCurrent("o", READ, NONE));
    lab.writerStatus();
    assertThat(status(lab.other, putfh(second), Ops.openCurrent("w", WRITE, NONE)))
        .isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    SentCallback recalled = callback(lab.holder);
    assertThat(recall(recalled).stateid()).isEqualTo(first);
    assertThat(lab.holder.connection().nextCallback()).isNull();
    answer(recalled, Nfsstat4.NFS4_OK);
    lab.files.env.advance(Duration.ofSeconds(1));
    assertThat(recall(callback(lab.holder)).fh()).isEqualTo(second);
  }
}
