package io.ferrynfs.server.state;

import static io.ferrynfs.server.state.StateLab.ALPHA;
import static io.ferrynfs.server.state.StateLab.BETA;
import static io.ferrynfs.server.state.StateLab.NONE;
import static io.ferrynfs.server.state.StateLab.READ;
import static io.ferrynfs.server.state.StateLab.WRITE;
import static io.ferrynfs.server.state.StateLab.statusOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Revoked stateids, and when the server forgets them: RFC 8881 sections 8.4.2, 8.5, 18.38 and
 * 18.46.
 */
class RevocationTest {
  private final StateLab lab =
      new StateLab(
          ServerLimits.builder()
              .stateidsPerClientMax(4)
              .delegations(
                  DelegationLimits.builder()
                      .delegationsMax(10)
                      .delegationsPerClientMax(10)
                      .contendedFilesMax(2)
                      .build())
              .build());
  private final StateTable table = lab.table;
  private final FileKey file = lab.file("file");
  private final List<Stateid4> recalled = new ArrayList<>();

  private OpenResult open(long client, String owner, FileKey key, int access)
      throws NfsStatusException, StorageException {
    DelegationOffer offer =
        access == READ ? new DelegationOffer(recalled::add, DelegationOffer.Terms.NEW) : null;
    return lab.open(client, owner, key, access, NONE, offer);
  }

  private static Stateid4 delegation(OpenResult opened) {
    return ((DelegationGrant.Read) opened.grant()).stateid();
  }

  @Test
  void stateRevokedByTheAdministratorIsReportedUntilItIsFreed() throws Exception {
    Stateid4 opened = open(ALPHA, "o", file, WRITE).stateid();
    Stateid4 elsewhere = open(ALPHA, "o", lab.file("other"), WRITE).stateid();
    table.revoke((_, key) -> key.equals(file));
    assertThat(table.test(ALPHA, opened)).isEqualTo(Nfsstat4.NFS4ERR_ADMIN_REVOKED);
    assertThat(statusOf(() -> table.opens().close(ALPHA, file, opened)))
        .isEqualTo(Nfsstat4.NFS4ERR_ADMIN_REVOKED);
    assertThat(table.test(ALPHA, elsewhere)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(table.statusFlags(ALPHA)).isEqualTo(Nfs4.SEQ4_STATUS_ADMIN_STATE_REVOKED);
    assertThat(table.statusFlags(BETA)).isZero();
    assertThat(statusOf(() -> open(BETA, "o", file, READ))).isEqualTo(Nfsstat4.NFS4_OK);
    table.free(ALPHA, opened);
    assertThat(table.statusFlags(ALPHA)).isZero();
    assertThat(table.test(ALPHA, opened)).isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
  }

  @Test
  void expiredLeaseReportsAllStateRevokedUntilEverythingIsFreed() throws Exception {
    Stateid4 opened = open(ALPHA, "o", file, WRITE).stateid();
    OpenResult other = open(ALPHA, "o", lab.file("other"), READ);
    table.revokeAll(ALPHA, Revocation.LEASE_EXPIRED);
    assertThat(table.statusFlags(ALPHA)).isEqualTo(Nfs4.SEQ4_STATUS_EXPIRED_ALL_STATE_REVOKED);
    for (Stateid4 revoked : List.of(opened, other.stateid(), delegation(other))) {
      assertThat(table.test(ALPHA, revoked)).isEqualTo(Nfsstat4.NFS4ERR_EXPIRED);
      assertThat(table.statusFlags(ALPHA)).isEqualTo(Nfs4.SEQ4_STATUS_EXPIRED_ALL_STATE_REVOKED);
      table.free(ALPHA, revoked);
    }
    assertThat(table.statusFlags(ALPHA)).isZero();
    assertThat(table.size()).isZero();
  }

  @Test
  void eachReasonHasItsOwnStatusFlag() throws Exception { // T-018
    Stateid4 delegated = delegation(open(ALPHA, "o", file, READ));
    Stateid4 other = open(ALPHA, "o", lab.file("other"), WRITE).stateid();
    assertThat(statusOf(() -> open(BETA, "w", file, WRITE))).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
    assertThat(recalled).containsExactly(delegated);
    lab.env.advance(Duration.ofSeconds(ServerLimits.defaults().leaseSeconds()));
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
  void revokedStateidsCountAgainstTheLimitUntilTheyAreFreed() throws Exception {
    List<Stateid4> opened = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      opened.add(open(ALPHA, "o" + i, file, WRITE).stateid());
    }
    table.revoke((_, _) -> true);
    assertThat(statusOf(() -> open(ALPHA, "p", file, WRITE))).isEqualTo(Nfsstat4.NFS4ERR_NOSPC);
    table.free(ALPHA, opened.getFirst());
    assertThat(statusOf(() -> open(ALPHA, "p", file, WRITE))).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void removedClientDiscardsItsRevokedState() throws Exception {
    open(ALPHA, "o", file, WRITE);
    table.revokeAll(ALPHA, Revocation.ADMINISTRATIVE);
    assertThat(table.holdsState(ALPHA)).isFalse();
    assertThat(table.size()).isEqualTo(1);
    table.removeClient(ALPHA);
    assertThat(table.size()).isZero();
    assertThat(table.statusFlags(ALPHA)).isZero();
  }

  @Test
  void fullTableOfContendedFilesStopsDelegationsForAWhile() throws Exception {
    for (String name : List.of("a", "b")) {
      FileKey key = lab.file(name);
      OpenResult opened = open(ALPHA, "o", key, READ);
      assertThat(statusOf(() -> open(BETA, "w", key, WRITE))).isEqualTo(Nfsstat4.NFS4ERR_DELAY);
      table.delegations().returned(ALPHA, key, delegation(opened));
      table.opens().close(ALPHA, key, opened.stateid());
    }
    assertThat(open(ALPHA, "o", file, READ).grant()).isEqualTo(DelegationGrant.No.CONTENTION);
    lab.env.advance(Duration.ofSeconds(60));
    assertThat(open(BETA, "o", file, READ).grant()).isInstanceOf(DelegationGrant.Read.class);
  }
}
