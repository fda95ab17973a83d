package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.DelegationLab.answer;
import static io.ferrynfs.server.operation.DelegationLab.callback;
import static io.ferrynfs.server.operation.DelegationLab.delegreturn;
import static io.ferrynfs.server.operation.DelegationLab.last;
import static io.ferrynfs.server.operation.DelegationLab.stateid;
import static io.ferrynfs.server.operation.DelegationLab.status;
import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.WRITE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.Createhow4;
import io.ferrynfs.wire.nfs4.Delegpurge4Args;
import io.ferrynfs.wire.nfs4.Delegpurge4Res;
import io.ferrynfs.wire.nfs4.Delegreturn4Res;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsace4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Open4Resok;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenClaimDelegateCur4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.OpenNoneDelegation4;
import io.ferrynfs.wire.nfs4.OpenReadDelegation4;
import io.ferrynfs.wire.nfs4.Openflag4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.WhyNoDelegation4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When the server grants a delegation, and which operations accept it: RFC 8881 sections 10.4, 18.6
 * and 18.16.
 */
class DelegationGrantTest {
  private static final OpenNoneDelegation4 CONTENTION = new OpenNoneDelegation4.Contention(false);
  private static final OpenNoneDelegation4 RESOURCE = new OpenNoneDelegation4.Resource(false);
  private static final Openflag4 NOCREATE = new Openflag4.Nocreate();

  private final DelegationLab lab = new DelegationLab();

  private OpenDelegation4 delegation(RawClient client, String owner, long access, long deny) {
    return lab.open(client, owner, access, deny).delegation();
  }

  /** Returns the result for the holder's OPEN that wants a read delegation. */
  private OpenDelegation4 wanted() {
    return delegation(lab.holder, "o", READ | Nfs4.OPEN4_SHARE_ACCESS_WANT_READ_DELEG, NONE);
  }

  private static OpenDelegation4 none(OpenNoneDelegation4 why) {
    return new OpenDelegation4.NoneExt(why);
  }

  private static OpenDelegation4 none(WhyNoDelegation4 why) {
    return none(new OpenNoneDelegation4.Other(why));
  }

  @Test
  void openForReadingGrantsADelegation() {
    Open4Resok opened = lab.open(lab.holder, "o", READ, NONE);
    Stateid4 delegated = stateid(opened.delegation());
    assertThat(opened)
        .isEqualTo(
            new Open4Resok(
                opened.stateid(),
                new ChangeInfo4(false, 0, 0),
                Nfs4.OPEN4_RESULT_LOCKTYPE_POSIX | Nfs4.OPEN4_RESULT_MAY_NOTIFY_LOCK,
                Bitmap4.EMPTY,
                new OpenDelegation4.Read(
                    new OpenReadDelegation4(
                        delegated, false, new Nfsace4(0, 0, 0, Opaque.ofUtf8("EVERYONE@"))))));
    assertThat(delegated.seqid()).isEqualTo(1);
    assertThat(delegated.other()).isNotEqualTo(opened.stateid().other());
  }

  @Test
  void severalClientsMayHoldADelegationOfTheSameFile() {
    assertThat(lab.delegated(lab.holder)).isNotEqualTo(lab.delegated(lab.other));
    assertThat(lab.holder.connection().nextCallback()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x001", "0x101", "0x301", "0x10101", "0x20301"})
  void openThatWantsADelegationOrHasNoPreferenceGrantsOne(String access) {
    assertThat(delegation(lab.holder, "o", Long.decode(access), NONE))
        .isInstanceOf(OpenDelegation4.Read.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0x401, WND4_NOT_WANTED",
    "0x501, WND4_CANCELLED",
    "0x201, WND4_WRITE_DELEG_NOT_SUPP_FTYPE",
    "0x203, WND4_WRITE_DELEG_NOT_SUPP_FTYPE"
  })
  void openThatWantsAnythingElseReturnsTheReason(String access, WhyNoDelegation4 why) {
    assertThat(delegation(lab.holder, "o", Long.decode(access), NONE)).isEqualTo(none(why));
  }

  @Test
  void wishForAWriteDelegationDoesNotUpgradeAReadDelegation() {
    lab.delegated();
    assertThat(delegation(lab.holder, "o", 0x203, NONE))
        .isEqualTo(none(WhyNoDelegation4.WND4_NOT_SUPP_UPGRADE));
  }

  @Test
  void openForWritingGrantsNone() {
    assertThat(delegation(lab.holder, "o", WRITE, NONE)).isEqualTo(new OpenDelegation4.None());
    assertThat(delegation(lab.holder, "o", BOTH | 0x100, NONE)).isEqualTo(none(CONTENTION));
  }

  @Test
  void clientHoldsAtMostOneDelegationOfAFile() {
    lab.delegated();
    assertThat(delegation(lab.holder, "p", READ, NONE)).isEqualTo(new OpenDelegation4.None());
    assertThat(wanted()).isEqualTo(none(CONTENTION));
  }

  @Test
  void openOfAFileThatAnotherClientWritesGrantsNone() { // as pynfs DELEG9
    Stateid4 writer = lab.open(lab.other, "w", WRITE, NONE).stateid();
    assertThat(wanted()).isEqualTo(none(CONTENTION));
    assertThat(status(lab.other, putfh(lab.file), Ops.close(writer))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(wanted()).isInstanceOf(OpenDelegation4.Read.class);
  }

  @Test
  void clientsOwnOpenForWritingDoesNotPreventADelegation() { // as knfsd
    lab.open(lab.holder, "w", WRITE, NONE);
    assertThat(wanted()).isInstanceOf(OpenDelegation4.Read.class);
  }

  @Test
  void openOfAFileThatDeniesReadingGrantsNone() {
    lab.open(lab.holder, "o", WRITE, READ);
    assertThat(status(lab.holder, putfh(lab.file), Ops.openCurrent("o", READ, NONE)))
        .isEqualTo(Nfsstat4.NFS4ERR_SHARE_DENIED);
    lab.open(lab.other, "q", WRITE, NONE);
    assertThat(lab.files.state.size()).isEqualTo(2);
  }

  @Test
  void openForReadingThatTruncatesGrantsNone() {
    AttrValues empty = AttrValues.builder().put(Attrs.SIZE, 0L).build();
    Open4Resok opened =
        ((Open4Res.Ok)
                ((NfsResop4.Open)
                        last(
                            lab.holder,
                            Ops.putrootfh(),
                            Ops.openCreate(
                                "o", READ, new Createhow4.Unchecked4(empty.encode()), "file")))
                    .res())
            .value();
    assertThat(opened.delegation()).isEqualTo(new OpenDelegation4.None());
  }

  @Test
  void openOfAClientWithoutABackchannelGrantsNone() {
    var callbacks = lab.holder.connection();
    lab.holder.onConnection(lab.files.server.connect()).call();
    callbacks.disconnect();
    assertThat(wanted()).isEqualTo(none(RESOURCE));
  }

  @Test
  void openGrantsNoneForAWhileAfterARecall() {
    Stateid4 stateid = lab.delegated();
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    answer(callback(lab.holder), Nfsstat4.NFS4_OK);
    assertThat(status(lab.holder, putfh(lab.file), delegreturn(stateid)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(wanted()).isEqualTo(none(CONTENTION));
    lab.pass(DelegationLab.COOLED_DOWN, lab.holder);
    assertThat(wanted()).isInstanceOf(OpenDelegation4.Read.class);
  }

  @Test
  void atTheLimitOfAClientOnlyOtherClientsGetDelegations() {
    DelegationLab small =
        new DelegationLab(
            ServerLimits.builder()
                .delegations(
                    DelegationLimits.builder()
                        .delegationsMax(10)
                        .delegationsPerClientMax(1)
                        .contendedFilesMax(10)
                        .build())
                .build());
    NfsFh4 second = small.files.file("second", "x");
    small.delegated();
    NfsArgop4 open = Ops.openCurrent("o", READ | 0x100, NONE);
    NfsResop4.Open response = (NfsResop4.Open) last(small.holder, putfh(second), open);
    assertThat(((Open4Res.Ok) response.res()).value().delegation()).isEqualTo(none(RESOURCE));
    assertThat(small.delegated(small.other)).isNotNull();
  }

  @Test
  void atTheLimitOfTheServerNoClientGetsADelegationUntilOneIsReturned() {
    DelegationLab small =
        new DelegationLab(
            ServerLimits.builder()
                .delegations(
                    DelegationLimits.builder()
                        .delegationsMax(1)
                        .delegationsPerClientMax(1)
                        .contendedFilesMax(10)
                        .build())
                .build());
    Stateid4 stateid = small.delegated();
    assertThat(small.open(small.other, "o", READ, NONE).delegation())
        .isEqualTo(new OpenDelegation4.None());
    status(small.holder, putfh(small.file), delegreturn(stateid));
    assertThat(small.delegated(small.other)).isNotNull();
  }

  @Test
  void openSucceedsWithoutADelegationWhenTheClientHasNoStateidsLeft() {
    DelegationLab small = new DelegationLab(ServerLimits.builder().stateidsPerClientMax(1).build());
    assertThat(small.open(small.holder, "o", READ | 0x100, NONE).delegation())
        .isEqualTo(none(RESOURCE));
  }

  @Test
  void delegationReadsAfterTheLastCloseAndDoesNotWrite() {
    Stateid4 stateid = lab.delegated();
    NfsResop4.Read read = (NfsResop4.Read) last(lab.holder, putfh(lab.file), Ops.read(stateid, 9));
    assertThat(read.status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(
            status(lab.holder, putfh(lab.file), Ops.write(stateid, 0, StableHow4.FILE_SYNC4, "no")))
        .isEqualTo(Nfsstat4.NFS4ERR_OPENMODE);
    assertThat(status(lab.holder, putfh(lab.file), Ops.read(new Stateid4(0, stateid.other()), 9)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(status(lab.other, putfh(lab.file), Ops.read(stateid, 9)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void delegationIsAcceptedAsTheSourceOfACopy() { // as Linux does
    Stateid4 stateid = lab.delegated();
    NfsFh4 target = lab.files.file("target", "");
    NfsResop4.Open opened =
        (NfsResop4.Open) last(lab.holder, putfh(target), Ops.openCurrent("w", WRITE, NONE));
    Stateid4 to = ((Open4Res.Ok) opened.res()).value().stateid();
    assertThat(
            status(
                lab.holder,
                putfh(lab.file),
                Ops.savefh(),
                putfh(target),
                Ops.copy(stateid, to, 0, 0, 0)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.files.content("target")).isEqualTo(DelegationLab.TEXT);
    assertThat(
            status(
                lab.holder,
                putfh(target),
                Ops.savefh(),
                putfh(lab.file),
                Ops.copy(to, stateid, 0, 0, 0)))
        .isEqualTo(Nfsstat4.NFS4ERR_OPENMODE);
  }

  @Test
  void copyNotifyStateidOfADelegationEndsWithIt() { // N-002
    Stateid4 stateid = lab.delegated();
    NfsResop4.CopyNotify notified =
        (NfsResop4.CopyNotify)
            last(lab.holder, putfh(lab.file), Ops.copyNotify(stateid, NotifyLab.NAMED));
    assertThat(notified.status()).isEqualTo(Nfsstat4.NFS4_OK);
    Stateid4 pulled = ((io.ferrynfs.wire.nfs4.CopyNotify4Res.Ok) notified.res()).value().stateid();
    assertThat(status(lab.other, putfh(lab.file), Ops.read(pulled, 9))).isEqualTo(Nfsstat4.NFS4_OK);
    status(lab.holder, putfh(lab.file), delegreturn(stateid));
    assertThat(status(lab.other, putfh(lab.file), Ops.read(pulled, 9)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(lab.files.state.size()).isZero();
  }

  @Test
  void delegationIsReturnedOnce() {
    Stateid4 stateid = lab.delegated();
    assertThat(last(lab.holder, putfh(lab.file), delegreturn(stateid)))
        .isEqualTo(new NfsResop4.Delegreturn(new Delegreturn4Res(Nfsstat4.NFS4_OK)));
    assertThat(last(lab.holder, putfh(lab.file), delegreturn(stateid)))
        .isEqualTo(new NfsResop4.Delegreturn(new Delegreturn4Res(Nfsstat4.NFS4ERR_BAD_STATEID)));
    assertThat(lab.files.state.size()).isZero();
  }

  @Test
  void onlyItsOwnStateidReturnsADelegation() {
    Stateid4 stateid = lab.delegated();
    Open4Resok opened = lab.open(lab.holder, "o", READ, NONE);
    NfsFh4 second = lab.files.file("second", "x");
    assertThat(status(lab.holder, putfh(lab.file), delegreturn(opened.stateid())))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(status(lab.holder, putfh(second), delegreturn(stateid)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(status(lab.other, putfh(lab.file), delegreturn(stateid)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(status(lab.holder, delegreturn(stateid))).isEqualTo(Nfsstat4.NFS4ERR_NOFILEHANDLE);
    assertThat(status(lab.holder, putfh(lab.file), delegreturn(new Stateid4(2, stateid.other()))))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(status(lab.holder, putfh(lab.file), Ops.close(stateid)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(status(lab.holder, putfh(lab.file), delegreturn(Stateids.ANONYMOUS)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(status(lab.holder, DelegationLab.free(stateid)))
        .isEqualTo(Nfsstat4.NFS4ERR_LOCKS_HELD);
    assertThat(DelegationLab.tested(lab.holder, stateid)).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void clientWithADelegationIsBusy() { // RFC 8881 section 18.50.3
    lab.delegated();
    lab.holder.compound(Ops.destroySession(lab.holder.sessionid()));
    assertThat(lab.holder.compound(Ops.destroyClientid(lab.holder.clientid())).status())
        .isEqualTo(Nfsstat4.NFS4ERR_CLIENTID_BUSY);
  }

  @Test
  void delegationEndsWithItsClient() {
    lab.delegated();
    assertThat(lab.files.server.services().clients().expire(lab.holder.clientid()))
        .isCompletedWithValue(true);
    assertThat(lab.files.state.size()).isZero();
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  // RFC 8881 section 10.4.4: the client sends its local opens
  @Test
  void claimDelegateCurOpensTheFileDuringARecall() {
    Stateid4 stateid = lab.delegated();
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    NfsResop4 byHandle =
        last(
            lab.holder,
            putfh(lab.file),
            Ops.open("local", READ, NONE, NOCREATE, new OpenClaim4.DelegCurFh(stateid)));
    Open4Resok opened = ((Open4Res.Ok) ((NfsResop4.Open) byHandle).res()).value();
    assertThat(opened.delegation()).isEqualTo(new OpenDelegation4.None());
    assertThat(
            status(
                lab.holder,
                Ops.putrootfh(),
                Ops.open(
                    "second",
                    READ,
                    NONE,
                    NOCREATE,
                    new OpenClaim4.DelegateCur(
                        new OpenClaimDelegateCur4(stateid, Opaque.ofUtf8("file"))))))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(status(lab.holder, putfh(lab.file), delegreturn(stateid)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(status(lab.holder, putfh(lab.file), Ops.read(opened.stateid(), 9)))
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(lab.writerStatus()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void claimDelegateCurOpensOnlyTheDelegatedFileAndOnlyForReading() {
    Stateid4 stateid = lab.delegated();
    NfsFh4 second = lab.files.file("second", "x");
    OpenClaim4 claim = new OpenClaim4.DelegCurFh(stateid);
    assertThat(status(lab.holder, putfh(second), Ops.open("o", READ, NONE, NOCREATE, claim)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(status(lab.other, putfh(lab.file), Ops.open("o", READ, NONE, NOCREATE, claim)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(status(lab.holder, putfh(lab.file), Ops.open("o", WRITE, NONE, NOCREATE, claim)))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
  }

  // RFC 8881 section 18.5.3: DELEGPURGE is not supported either
  @Test
  void delegationsFromBeforeARestartOfTheClientAreNotKept() {
    for (OpenClaim4 claim :
        List.of(new OpenClaim4.DelegatePrev(Opaque.ofUtf8("file")), new OpenClaim4.DelegPrevFh())) {
      assertThat(status(lab.holder, putfh(lab.file), Ops.open("o", READ, NONE, NOCREATE, claim)))
          .isEqualTo(Nfsstat4.NFS4ERR_NOTSUPP);
    }
    assertThat(last(lab.holder, new NfsArgop4.Delegpurge(new Delegpurge4Args(0))))
        .isEqualTo(new NfsResop4.Delegpurge(new Delegpurge4Res(Nfsstat4.NFS4ERR_NOTSUPP)));
  }
}
