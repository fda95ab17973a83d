package ferry.server.state;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.server.config.DelegationLimits;
import ferry.server.config.ServerLimits;
import ferry.server.export.FileKey;
import ferry.server.status.Refused;
import ferry.server.testing.ManualEnv;
import ferry.storage.AttributeChanges;
import ferry.storage.Caller;
import ferry.storage.CreateMode;
import ferry.storage.Name;
import ferry.storage.OpenAccess;
import ferry.storage.StorageException;
import ferry.storage.memory.MemoryVolume;
import ferry.wire.nfs4.Nfs4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.Stateid4;
import ferry.wire.xdr.Opaque;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Stateids that were taken away, and when that is forgotten: RFC 5661 8.4.2, 8.5, 18.38, 18.46. */
class RevocationTest {
  private static final long ALPHA = 1;
  private static final long BETA = 2;
  private static final int READ = 1;
  private static final int WRITE = 2;

  private final ManualEnv env = new ManualEnv();
  private final MemoryVolume volume = MemoryVolume.builder("volume", env.clock()).build();
  private final List<Stateid4> recalled = new ArrayList<>();
  private final StateTable table =
      new StateTable(
          ServerLimits.defaults()
              .withStateidsPerClientMax(4)
              .withDelegations(new DelegationLimits(10, 10, 2, 30)),
          env);
  private final FileKey file = file("file");

  RevocationTest() {
    table.addClient(ALPHA);
    table.addClient(BETA);
  }

  private FileKey file(String name) {
    try {
      var created =
          volume.create(
              Caller.SUPERUSER,
              volume.root(),
              Name.of(name),
              CreateMode.unchecked(),
              AttributeChanges.NONE,
              OpenAccess.READ);
      created.file().close();
      return new FileKey(1, created.handle());
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  private Opened open(long client, String owner, FileKey key, int access)
      throws Refused, StorageException {
    OpenAccess how = access == READ ? OpenAccess.READ : OpenAccess.WRITE;
    DelegationOffer offer =
        access == READ ? new DelegationOffer(recalled::add, DelegationOffer.Terms.NEW) : null;
    return table.open(
        new OpenRequest(
            client,
            Opaque.ofUtf8(owner),
            key,
            access,
            0,
            volume.open(Caller.SUPERUSER, key.handle(), how),
            offer));
  }

  private static Stateid4 delegation(Opened opened) {
    return ((Grant.Read) opened.grant()).stateid();
  }

  private static Nfsstat4 refusal(ThrowingCallable call) {
    try {
      call.call();
    } catch (Refused refused) {
      return refused.status();
    } catch (Throwable other) {
      throw new AssertionError(other);
    }
    return Nfsstat4.NFS4_OK;
  }

  @Test
  void whatTheAdministratorTakesSaysSoUntilItIsFreed() throws Exception {
    Stateid4 opened = open(ALPHA, "o", file, WRITE).stateid();
    Stateid4 elsewhere = open(ALPHA, "o", file("other"), WRITE).stateid();
    table.revoke((_, key) -> key.equals(file));
    assertThat(table.test(ALPHA, opened)).isEqualTo(Nfsstat4.NFS4ERR_ADMIN_REVOKED);
    assertThat(refusal(() -> table.close(ALPHA, file, opened)))
        .isEqualTo(Nfsstat4.NFS4ERR_ADMIN_REVOKED);
    assertThat(table.test(ALPHA, elsewhere)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(table.statusFlags(ALPHA)).isEqualTo(Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED);
    assertThat(table.statusFlags(BETA)).isZero();
    assertThat(refusal(() -> open(BETA, "o", file, READ))).isEqualTo(Nfsstat4.NFS4_OK);
    table.free(ALPHA, opened);
    assertThat(table.statusFlags(ALPHA)).isZero();
    assertThat(table.test(ALPHA, opened)).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void aLeaseThatRanOutSaysAllUntilEverythingIsFreed() throws Exception {
    Stateid4 opened = open(ALPHA, "o", file, WRITE).stateid();
    Opened other = open(ALPHA, "o", file("other"), READ);
    table.revokeAll(ALPHA, Revocation.LEASE_EXPIRED);
    assertThat(table.statusFlags(ALPHA)).isEqualTo(Nfs4.SEQ4_STATUS_EXPIRED_ALL_STATE_REVOKED);
    for (Stateid4 gone : List.of(opened, other.stateid(), delegation(other))) {
      assertThat(table.test(ALPHA, gone)).isEqualTo(Nfsstat4.NFS4ERR_EXPIRED);
      assertThat(table.statusFlags(ALPHA)).isEqualTo(Nfs4.SEQ4_STATUS_EXPIRED_ALL_STATE_REVOKED);
      table.free(ALPHA, gone);
    }
    assertThat(table.statusFlags(ALPHA)).isZero();
    assertThat(table.size()).isZero();
  }

  @Test
  void eachReasonHasAFlagOfItsOwn() throws Exception { // T-018
    Stateid4 delegated = delegation(open(ALPHA, "o", file, READ));
    Stateid4 other = open(ALPHA, "o", file("other"), WRITE).stateid();
    assertThat(refusal(() -> open(BETA, "w", file, WRITE))).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(recalled).containsExactly(delegated);
    env.advance(Duration.ofSeconds(ServerLimits.defaults().leaseSeconds()));
    table.reap();
    table.revoke((_, key) -> !key.equals(file));
    assertThat(table.statusFlags(ALPHA))
        .isEqualTo(
            Nfs4.SEQ4_STATUS_RECALLABLE_STATE_REVOKED | Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED);
    table.free(ALPHA, delegated);
    assertThat(table.statusFlags(ALPHA)).isEqualTo(Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED);
    table.free(ALPHA, other);
    assertThat(table.statusFlags(ALPHA)).isZero();
  }

  @Test
  void whatIsRevokedCountsAgainstItsClientUntilItIsFreed() throws Exception {
    List<Stateid4> opened = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      opened.add(open(ALPHA, "o" + i, file, WRITE).stateid());
    }
    table.revoke((_, _) -> true);
    assertThat(refusal(() -> open(ALPHA, "p", file, WRITE))).isEqualTo(Nfsstat4.NFS4ERR_NOSPC);
    table.free(ALPHA, opened.getFirst());
    assertThat(refusal(() -> open(ALPHA, "p", file, WRITE))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void aClientThatGoesTakesWhatWasRevokedWithIt() throws Exception {
    open(ALPHA, "o", file, WRITE);
    table.revokeAll(ALPHA, Revocation.ADMINISTRATIVE);
    assertThat(table.holdsState(ALPHA)).isFalse();
    assertThat(table.size()).isEqualTo(1);
    table.removeClient(ALPHA);
    assertThat(table.size()).isZero();
    assertThat(table.statusFlags(ALPHA)).isZero();
  }

  @Test
  void whenTheMemoryOfRecalledFilesIsFullNobodyGetsADelegationForAWhile() throws Exception {
    for (String name : List.of("a", "b")) {
      FileKey key = file(name);
      Opened opened = open(ALPHA, "o", key, READ);
      assertThat(refusal(() -> open(BETA, "w", key, WRITE))).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
      table.delegations().giveBack(ALPHA, key, delegation(opened));
      table.close(ALPHA, key, opened.stateid());
    }
    assertThat(open(ALPHA, "o", file, READ).grant()).isEqualTo(Grant.No.CONTENTION);
    env.advance(Duration.ofSeconds(60));
    assertThat(open(BETA, "o", file, READ).grant()).isInstanceOf(Grant.Read.class);
  }
}
