package io.ferrynfs.server.session;

import static io.ferrynfs.server.testing.LockOps.lock;
import static io.ferrynfs.server.testing.LockOps.lockt;
import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ClientHoldings;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Courtesy clients keep their locks until another client requests a conflicting one. */
class CourtesyLocksTest {
  private static final Duration LEASE = Duration.ofSeconds(90);

  private TestServer server = TestServer.start();

  /** A client's open file. */
  private record Held(RawClient client, NfsFh4 file, Stateid4 open) {
    Nfsstat4 locks(NfsLockType4 type, long offset, long length) {
      return client.call(putfh(file), lock(type, open, "l", offset, length)).status();
    }

    Nfsstat4 reads() {
      return client.call(putfh(file), Ops.read(open, 1)).status();
    }
  }

  private Held opened(String owner) {
    RawClient client = server.client(owner).mount();
    List<NfsResop4> results =
        client.call(putrootfh(), Ops.open("o", "file", BOTH, NONE), Ops.getfh()).resarray();
    return new Held(client, Ops.filehandle(results), Ops.stateid(results));
  }

  private Held locked(String owner, NfsLockType4 type, long offset, long length) {
    Held held = opened(owner);
    assertThat(held.locks(type, offset, length)).isEqualTo(Nfsstat4.NFS4_OK);
    return held;
  }

  /** Ends the leases of all clients except these. */
  private void expireAllExcept(Held... alive) {
    for (int i = 0; i < 2; i++) {
      server.env().advance(LEASE.dividedBy(2).plusSeconds(1));
      for (Held held : alive) {
        held.client.call();
      }
      server.services().clients().reap();
    }
  }

  // RFC 8881 sections 8.3, 9.5
  @Test
  void conflictingLockExpiresACourtesyClient() {
    List<Function<Held, NfsArgop4>> requests =
        List.of(
            held -> lock(NfsLockType4.READ_LT, held.open, "l", 5, 1),
            held -> lock(NfsLockType4.WRITEW_LT, held.open, "l", 0, 100),
            held -> lockt(NfsLockType4.WRITE_LT, "l", 5, 1));
    for (Function<Held, NfsArgop4> request : requests) {
      server = TestServer.start();
      Held courtesy = locked("courtesy", NfsLockType4.WRITE_LT, 0, 10);
      Held other = opened("other");
      NfsArgop4[] compound = {putfh(other.file), request.apply(other)};
      assertThat(other.client.call(compound).status()).isEqualTo(Nfsstat4.NFS4ERR_DENIED);
      expireAllExcept(other);
      assertThat(server.services().state().holdings(courtesy.client.clientid()))
          .isEqualTo(new ClientHoldings(1, 1, 0, 0));
      assertThat(other.client.call(compound).status()).isEqualTo(Nfsstat4.NFS4_OK);
      assertThat(courtesy.reads()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    }
  }

  @Test
  void courtesyClientKeepsItsLocksWithoutAConflict() {
    Held courtesy = locked("courtesy", NfsLockType4.WRITE_LT, 0, 10);
    Held other = opened("other");
    expireAllExcept(other);
    assertThat(other.locks(NfsLockType4.WRITE_LT, 10, 10)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(courtesy.reads()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(other.locks(NfsLockType4.WRITE_LT, 0, 10)).isEqualTo(Nfsstat4.NFS4ERR_DENIED);
  }

  @Test
  void conflictWithAnActiveClientExpiresNoCourtesyClient() {
    Held courtesy = locked("courtesy", NfsLockType4.READ_LT, 0, 10);
    Held alive = locked("alive", NfsLockType4.READ_LT, 0, 10);
    Held other = opened("other");
    expireAllExcept(alive, other);
    assertThat(other.locks(NfsLockType4.WRITE_LT, 0, 10)).isEqualTo(Nfsstat4.NFS4ERR_DENIED);
    assertThat(courtesy.reads()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void severalCourtesyClientsExpireTogether() {
    Held first = locked("first", NfsLockType4.READ_LT, 0, 10);
    Held second = locked("second", NfsLockType4.READ_LT, 5, 10);
    Held unrelated = locked("unrelated", NfsLockType4.READ_LT, 20, 10);
    Held other = opened("other");
    expireAllExcept(other);
    assertThat(other.locks(NfsLockType4.WRITE_LT, 0, 20)).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(first.reads()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(second.reads()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
    assertThat(unrelated.reads()).isEqualTo(Nfsstat4.NFS4_OK);
  }

  @Test
  void invalidRequestExpiresNoCourtesyClient() {
    Held courtesy = locked("courtesy", NfsLockType4.WRITE_LT, 0, 10);
    Held other = opened("other");
    expireAllExcept(other);
    Stateid4 old = new Stateid4(other.open.seqid() + 7, other.open.other());
    assertThat(
            other
                .client
                .call(putfh(other.file), lock(NfsLockType4.WRITE_LT, old, "l", 0, 10))
                .status())
        .isEqualTo(Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(courtesy.reads()).isEqualTo(Nfsstat4.NFS4_OK);
  }
}
