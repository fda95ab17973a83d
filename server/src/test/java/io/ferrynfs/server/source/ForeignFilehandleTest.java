package io.ferrynfs.server.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Where a COMPOUND may have a filehandle of another server, and where it is stale (RFC 7862 section
 * 15.2.3).
 */
class ForeignFilehandleTest {
  private static final Nfsstat4 OK = Nfsstat4.NFS4_OK;
  private static final Nfsstat4 STALE = Nfsstat4.NFS4ERR_STALE;
  private static final Nfsstat4 DENIED = Nfsstat4.NFS4ERR_OFFLOAD_DENIED;
  private static final NfsFh4 FOREIGN = new NfsFh4(Opaque.ofUtf8("of no server that is known"));
  private static final Stateid4 NOTIFY = new Stateid4(1, Opaque.ofUtf8("some notify1"));

  private final ThreeParties lab = new ThreeParties();
  private CopyClient.Open to = new CopyClient.Open(FOREIGN, NOTIFY);

  @BeforeEach
  void openTarget() {
    to = lab.atDestination.open("to", Ops.BOTH);
  }

  /** Returns a COPY from a source that is not allowed: COPY fails, and no operation before it. */
  private NfsArgop4 copy() {
    return copy(List.of(new Netloc4.Name(Opaque.ofUtf8("nowhere"))));
  }

  private NfsArgop4 copy(List<Netloc4> sources) {
    return new NfsArgop4.Copy(new Copy4Args(NOTIFY, to.stateid(), 0, 0, 0, true, false, sources));
  }

  private List<Nfsstat4> statuses(NfsArgop4... operations) {
    return lab.atDestination.statuses(operations);
  }

  // D7, I-002, I-003, I-004
  @Test
  void sourceFilehandleOfACopyBetweenServersIsAccepted() {
    assertThat(statuses(Ops.putfh(FOREIGN), Ops.savefh(), Ops.putfh(to.file()), copy()))
        .containsExactly(OK, OK, OK, DENIED);
    NfsFh4 longest = new NfsFh4(Opaque.of(new byte[128]));
    assertThat(statuses(Ops.putfh(longest), Ops.savefh(), Ops.putfh(to.file()), copy()))
        .containsExactly(OK, OK, OK, DENIED);
    assertThat(
            statuses(
                Ops.putfh(FOREIGN),
                Ops.savefh(),
                Ops.putfh(to.file()),
                Ops.getattr(4),
                copy(),
                Ops.commit()))
        .as("operations on the target may stand between and after")
        .containsExactly(OK, OK, OK, OK, DENIED);
    assertThat(
            statuses(
                Ops.putfh(to.file()),
                Ops.savefh(),
                Ops.putfh(FOREIGN),
                Ops.savefh(),
                Ops.putfh(to.file()),
                copy()))
        .as("whatever was saved before")
        .containsExactly(OK, OK, OK, OK, OK, DENIED);
  }

  // I-003, I-006: no filehandle of this server is so short, but one of another may be
  @Test
  void foreignFilehandleMayBeShorterThanThisServersOwn() {
    NfsFh4 tooShort = new NfsFh4(Opaque.ofUtf8("abc"));
    assertThat(statuses(Ops.putfh(tooShort), Ops.savefh(), Ops.putfh(to.file()), copy()))
        .containsExactly(OK, OK, OK, DENIED);
    assertThat(statuses(Ops.putfh(tooShort), Ops.getattr(4)))
        .containsExactly(Nfsstat4.NFS4ERR_BADHANDLE);
  }

  // I-005, B23
  @Test
  void anyOtherUseOfAForeignFilehandleIsStale() {
    List<List<NfsArgop4>> uses = new ArrayList<>();
    uses.add(List.of());
    uses.add(List.of(Ops.getattr(4)));
    uses.add(List.of(Ops.access(1)));
    uses.add(List.of(Ops.getfh()));
    uses.add(List.of(Ops.lookup("a")));
    uses.add(List.of(Ops.read(to.stateid(), 1)));
    uses.add(List.of(Ops.savefh()));
    uses.add(List.of(Ops.savefh(), Ops.putfh(to.file())));
    uses.add(List.of(Ops.savefh(), Ops.putfh(to.file()), copy(List.of())));
    uses.add(List.of(copy()));
    uses.add(List.of(Ops.savefh(), copy()));
    uses.add(List.of(Ops.putfh(to.file()), copy()));
    uses.add(List.of(Ops.savefh(), Ops.getattr(4), Ops.putfh(to.file()), copy()));
    uses.add(List.of(Ops.getattr(4), Ops.savefh(), Ops.putfh(to.file()), copy()));
    uses.add(
        List.of(Ops.savefh(), Ops.putfh(to.file()), Ops.savefh(), Ops.putfh(to.file()), copy()));
    uses.add(
        List.of(
            Ops.savefh(), Ops.putfh(to.file()), new NfsArgop4.Restorefh(), Ops.getattr(4), copy()));
    for (List<NfsArgop4> rest : uses) {
      List<NfsArgop4> all = new ArrayList<>();
      all.add(Ops.putfh(FOREIGN));
      all.addAll(rest);
      assertThat(statuses(all.toArray(new NfsArgop4[0]))).as(all.toString()).containsExactly(STALE);
    }
  }

  // B17, C-002
  @Test
  void unusualCompoundsFailWithoutSideEffects() {
    Nfsstat4 none = Nfsstat4.NFS4ERR_NOFILEHANDLE;
    assertThat(statuses(copy())).containsExactly(none);
    assertThat(statuses(Ops.putfh(to.file()), copy())).containsExactly(OK, none);
    assertThat(statuses(Ops.savefh())).containsExactly(none);
    assertThat(
            statuses(
                Ops.putfh(FOREIGN),
                Ops.savefh(),
                new NfsArgop4.Restorefh(),
                Ops.putfh(to.file()),
                copy()))
        .as("restored and saved again")
        .containsExactly(OK, OK, OK, OK, DENIED);
    assertThat(statuses(Ops.putfh(FOREIGN), Ops.savefh(), Ops.putrootfh(), copy()))
        .as("into a directory")
        .containsExactly(OK, OK, OK, Nfsstat4.NFS4ERR_WRONG_TYPE);
    lab.expectNothingHeld();
  }

  // I-005, I-013
  @Test
  void foreignFilehandleIsAlwaysStaleWithoutCopiesBetweenServers() {
    ThreeParties off =
        new ThreeParties(
            1,
            ThreeParties.limits(CopyLimits.defaults()),
            ThreeParties.options(CopyRules.LINUX, CopySources.none()));
    CopyClient.Open target = off.atDestination.open("to", Ops.BOTH);
    assertThat(
            off.atDestination.statuses(
                Ops.putfh(FOREIGN), Ops.savefh(), Ops.putfh(target.file()), copy()))
        .containsExactly(STALE);
    assertThat(
            off.atDestination.statuses(
                Ops.putfh(target.file()), Ops.savefh(), Ops.putfh(target.file()), copy()))
        .containsExactly(OK, OK, OK, Nfsstat4.NFS4ERR_NOTSUPP);
    off.expectNothingHeld();
  }

  // I-009, C-015, C-016
  @Test
  void stateidOfTheTargetIsCheckedBeforeTheSourceIsCalled() {
    Stateid4 unknown = new Stateid4(1, Opaque.ofUtf8("unknown 1234"));
    NfsArgop4 copy =
        new NfsArgop4.Copy(
            new Copy4Args(NOTIFY, unknown, 0, 0, 0, true, false, List.of(lab.source.location())));
    int connections = lab.source.server.connectionCount();
    assertThat(statuses(Ops.putfh(FOREIGN), Ops.savefh(), Ops.putfh(to.file()), copy))
        .containsExactly(OK, OK, OK, Nfsstat4.NFS4ERR_BAD_STATEID);
    assertThat(lab.destination.server.sourceCount()).isZero();
    assertThat(lab.source.server.connectionCount()).isEqualTo(connections);
    lab.expectNothingHeld();
  }

  // I-007: the source cannot identify the client by a special stateid
  @Test
  void specialStateidReturnsBadStateid() {
    for (Stateid4 special :
        List.of(
            io.ferrynfs.server.state.Stateids.ANONYMOUS,
            io.ferrynfs.server.state.Stateids.READ_BYPASS,
            io.ferrynfs.server.state.Stateids.CURRENT)) {
      NfsArgop4 copy =
          new NfsArgop4.Copy(
              new Copy4Args(
                  special, to.stateid(), 0, 0, 0, true, false, List.of(lab.source.location())));
      assertThat(statuses(Ops.putfh(FOREIGN), Ops.savefh(), Ops.putfh(to.file()), copy))
          .containsExactly(OK, OK, OK, Nfsstat4.NFS4ERR_BAD_STATEID);
    }
    assertThat(lab.destination.server.sourceCount()).isZero();
  }
}
