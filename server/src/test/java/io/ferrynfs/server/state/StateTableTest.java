package io.ferrynfs.server.state;

import static io.ferrynfs.server.state.StateLab.ALPHA;
import static io.ferrynfs.server.state.StateLab.BETA;
import static io.ferrynfs.server.state.StateLab.BOTH;
import static io.ferrynfs.server.state.StateLab.NONE;
import static io.ferrynfs.server.state.StateLab.READ;
import static io.ferrynfs.server.state.StateLab.WRITE;
import static io.ferrynfs.server.state.StateLab.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Share reservations and stateids: RFC 8881 sections 8.2, 9.7, 18.2 and 18.18. */
class StateTableTest {
  private final StateLab lab = new StateLab(ServerLimits.builder().stateidsPerClientMax(3).build());
  private final StateTable table = lab.table;
  private final List<OpenFile> opened = lab.opened;
  private final FileKey file = lab.file("file");
  private final FileKey otherFile = lab.file("other file");

  private OpenResult open(long client, String owner, int access, int deny)
      throws NfsStatusException, StorageException {
    return open(client, owner, file, access, deny);
  }

  private OpenResult open(long client, String owner, FileKey key, int access, int deny)
      throws NfsStatusException, StorageException {
    return lab.open(client, owner, key, access, deny, null);
  }

  private FileUse read(long client, Stateid4 stateid) throws NfsStatusException, StorageException {
    return table.opens().forRead(client, file, stateid, () -> lab.openFile(file, READ));
  }

  private FileUse write(long client, Stateid4 stateid) throws NfsStatusException, StorageException {
    return table.opens().forWrite(client, file, stateid, () -> lab.openFile(file, WRITE));
  }

  private static boolean isClosed(OpenFile openFile) {
    try {
      openFile.size();
      return false;
    } catch (StorageException e) {
      assertThat(e.status()).isEqualTo(Status.CLOSED);
      return true;
    }
  }

  @Test
  void firstOpenGetsAStateidWithSeqidOne() throws Exception {
    OpenResult first = open(ALPHA, "o", READ, NONE);
    assertThat(first.created()).isTrue();
    assertThat(first.stateid().seqid()).isEqualTo(1);
    assertThat(Stateids.isSpecial(first.stateid())).isFalse(); // T-014
  }

  @Test
  void secondOpenOfTheSameOwnerUpgradesTheStateid() throws Exception {
    Stateid4 first = open(ALPHA, "o", READ, NONE).stateid();
    OpenResult second = open(ALPHA, "o", WRITE, NONE);
    assertThat(second)
        .isEqualTo(
            new OpenResult(new Stateid4(2, first.other()), false, DelegationGrant.No.NOT_OFFERED));
    read(ALPHA, second.stateid()).close();
    write(ALPHA, second.stateid()).close();
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void openOfAnotherOwnerGetsAnotherStateid() throws Exception {
    Stateid4 one = open(ALPHA, "o", READ, NONE).stateid();
    assertThat(open(ALPHA, "p", READ, NONE).stateid().other()).isNotEqualTo(one.other());
    assertThat(open(BETA, "o", READ, NONE).stateid().other()).isNotEqualTo(one.other());
  }

  @Test
  void deniedAccessFailsTheOpenOfAnotherOwner() throws Exception {
    open(ALPHA, "o", READ, WRITE);
    assertThat(statusOf(() -> open(BETA, "o", WRITE, NONE)))
        .isEqualTo(Nfsstat4.NFS4ERR_SHARE_DENIED);
    assertThat(statusOf(() -> open(BETA, "o", READ, READ)))
        .isEqualTo(Nfsstat4.NFS4ERR_SHARE_DENIED);
    assertThat(statusOf(() -> open(BETA, "o", READ, NONE))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void denyModeAppliesToTheSameOwnerToo() throws Exception { // RFC 8881 section 9.7
    open(ALPHA, "o", READ, WRITE);
    assertThat(statusOf(() -> open(ALPHA, "o", WRITE, NONE)))
        .isEqualTo(Nfsstat4.NFS4ERR_SHARE_DENIED);
  }

  @Test
  void deniedOpenClosesItsFile() throws Exception {
    open(ALPHA, "o", READ, WRITE);
    statusOf(() -> open(BETA, "o", WRITE, NONE));
    assertThat(isClosed(opened.getLast())).isTrue();
    assertThat(isClosed(opened.getFirst())).isFalse();
  }

  @Test
  void redundantOpenFileIsClosedAtOnce() throws Exception {
    open(ALPHA, "o", BOTH, NONE);
    open(ALPHA, "o", READ, NONE);
    assertThat(isClosed(opened.getLast())).isTrue();
    assertThat(isClosed(opened.getFirst())).isFalse();
  }

  @Test
  void closeEndsTheReservationAndClosesTheFile() throws Exception {
    Stateid4 stateid = open(ALPHA, "o", READ, BOTH).stateid();
    assertThat(table.opens().close(ALPHA, file, stateid)).isEqualTo(Stateids.INVALID);
    assertThat(isClosed(opened.getFirst())).isTrue();
    assertThat(statusOf(() -> open(BETA, "o", BOTH, NONE))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(statusOf(() -> table.opens().close(ALPHA, file, stateid)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void fileInUseStaysOpenUntilTheUseEnds() throws Exception {
    Stateid4 stateid = open(ALPHA, "o", READ, NONE).stateid();
    FileUse use = read(ALPHA, stateid);
    table.opens().close(ALPHA, file, stateid);
    assertThat(isClosed(use.file())).isFalse();
    use.close();
    use.close();
    assertThat(isClosed(use.file())).isTrue();
  }

  @Test
  void olderSeqidIsOldAndLaterSeqidIsBad() throws Exception { // T-018
    Opaque other = open(ALPHA, "o", READ, NONE).stateid().other();
    open(ALPHA, "o", READ, NONE);
    assertThat(statusOf(() -> read(ALPHA, new Stateid4(1, other))))
        .isEqualTo(Nfsstat4.NFS4ERR_OLD_STATEID);
    assertThat(statusOf(() -> read(ALPHA, new Stateid4(3, other))))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    read(ALPHA, new Stateid4(2, other)).close();
    read(ALPHA, new Stateid4(0, other)).close();
  }

  @Test
  void stateidOfAnotherClientOrFileIsBad() throws Exception { // T-019
    Stateid4 stateid = open(ALPHA, "o", READ, NONE).stateid();
    assertThat(statusOf(() -> read(BETA, stateid))).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(statusOf(() -> table.opens().close(ALPHA, otherFile, stateid)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void unknownStateidIsBad() {
    Stateid4 unknown = new Stateid4(1, Opaque.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3}));
    assertThat(statusOf(() -> read(ALPHA, unknown))).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(table.test(ALPHA, unknown)).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(statusOf(() -> table.free(ALPHA, unknown))).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void readsNeedReadAccessAndWritesNeedWriteAccess() throws Exception { // C-013, C-014
    Stateid4 reading = open(ALPHA, "r", READ, NONE).stateid();
    Stateid4 writing = open(ALPHA, "w", WRITE, NONE).stateid();
    assertThat(statusOf(() -> write(ALPHA, reading))).isEqualTo(Nfsstat4.NFS4ERR_OPENMODE);
    assertThat(statusOf(() -> read(ALPHA, writing))).isEqualTo(Nfsstat4.NFS4ERR_OPENMODE);
  }

  @Test
  void specialStateidsOpenTheFileForOneOperation() throws Exception {
    FileUse use = read(ALPHA, Stateids.ANONYMOUS);
    assertThat(isClosed(use.file())).isFalse();
    use.close();
    assertThat(isClosed(use.file())).isTrue();
    write(ALPHA, Stateids.READ_BYPASS).close();
    assertThat(statusOf(() -> read(ALPHA, Stateids.INVALID)))
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void denyModesApplyToSpecialStateids() throws Exception {
    open(ALPHA, "o", READ, BOTH);
    assertThat(statusOf(() -> read(BETA, Stateids.ANONYMOUS))).isEqualTo(Nfsstat4.NFS4ERR_LOCKED);
    assertThat(statusOf(() -> write(BETA, Stateids.READ_BYPASS)))
        .isEqualTo(Nfsstat4.NFS4ERR_LOCKED);
    read(BETA, Stateids.READ_BYPASS).close();
  }

  @Test
  void downgradeSelectsAnAccessThatWasOpened() throws Exception { // RFC 8881 section 18.18.3
    open(ALPHA, "o", READ, NONE);
    Stateid4 both = open(ALPHA, "o", WRITE, NONE).stateid();
    Stateid4 down = table.opens().downgrade(ALPHA, file, both, READ, NONE);
    assertThat(down).isEqualTo(new Stateid4(3, both.other()));
    assertThat(statusOf(() -> write(ALPHA, down))).isEqualTo(Nfsstat4.NFS4ERR_OPENMODE);
    assertThat(statusOf(() -> table.opens().downgrade(ALPHA, file, down, WRITE, NONE)))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
    assertThat(statusOf(() -> open(BETA, "o", READ, WRITE))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void downgradeToAPartOfACombinedOpenIsInvalid() throws Exception {
    Stateid4 both = open(ALPHA, "o", BOTH, NONE).stateid();
    assertThat(statusOf(() -> table.opens().downgrade(ALPHA, file, both, READ, NONE)))
        .isEqualTo(Nfsstat4.NFS4ERR_INVAL);
  }

  @Test
  void openStateidIsValidAndCannotBeFreed() throws Exception {
    Stateid4 stateid = open(ALPHA, "o", READ, NONE).stateid();
    assertThat(table.test(ALPHA, stateid)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(statusOf(() -> table.free(ALPHA, stateid))).isEqualTo(Nfsstat4.NFS4ERR_LOCKS_HELD);
  }

  @Test
  void clientAtItsLimitDoesNotAffectOthers() throws Exception {
    for (int i = 0; i < 3; i++) {
      open(ALPHA, "o" + i, READ, NONE);
    }
    assertThat(statusOf(() -> open(ALPHA, "one more", READ, NONE)))
        .isEqualTo(Nfsstat4.NFS4ERR_NOSPC);
    assertThat(statusOf(() -> open(BETA, "o", READ, NONE))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void removedClientLeavesNoState() throws Exception {
    open(ALPHA, "o", READ, BOTH);
    open(ALPHA, "p", otherFile, BOTH, NONE);
    assertThat(table.holdsState(ALPHA)).isTrue();
    table.removeClient(ALPHA);
    assertThat(table.size()).isZero();
    assertThat(table.holdsState(ALPHA)).isFalse();
    assertThat(opened).allMatch(StateTableTest::isClosed);
    assertThat(statusOf(() -> open(BETA, "o", BOTH, NONE))).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(statusOf(() -> open(ALPHA, "o", READ, NONE))).isEqualTo(Nfsstat4.NFS4ERR_EXPIRED);
  }
}
