package io.ferrynfs.server.operation;

import static io.ferrynfs.server.operation.NotifyLab.NAMED;
import static io.ferrynfs.server.operation.NotifyLab.OWN;
import static io.ferrynfs.server.operation.NotifyLab.address;
import static io.ferrynfs.server.operation.NotifyLab.copyNotifyFailed;
import static io.ferrynfs.server.operation.NotifyLab.copyNotifyOk;
import static io.ferrynfs.server.operation.NotifyLab.last;
import static io.ferrynfs.server.operation.NotifyLab.netloc;
import static io.ferrynfs.server.operation.NotifyLab.ok;
import static io.ferrynfs.server.operation.NotifyLab.readFailed;
import static io.ferrynfs.server.operation.NotifyLab.text;
import static io.ferrynfs.server.testing.Ops.copyNotify;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.IpNetwork;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.nfs4.Createtype4;
import io.ferrynfs.wire.nfs4.Netaddr4;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** COPY_NOTIFY: RFC 7862 section 15.3, rules N-001 to N-032 of docs/conformance.md. */
class CopyNotifyTest {
  private final NotifyLab lab = new NotifyLab();

  private NfsResop4 copyNotifyResult(Stateid4 stateid) {
    return last(lab.client, putfh(lab.file), copyNotify(stateid, NAMED));
  }

  // F-004, N-005, N-006, N-011, T-004, B37
  @Test
  void replyHasTheLeaseANewStateidWithSeqidOneAndTheSourceAddress() {
    Stateid4 open = lab.open(Ops.READ);
    NfsResop4 result = copyNotifyResult(open);
    Stateid4 stateid = ok(result).stateid();
    assertThat(result).isEqualTo(copyNotifyOk(stateid, netloc(OWN)));
    assertThat(stateid.seqid()).isEqualTo(1);
    assertThat(stateid.other()).isNotEqualTo(open.other());
    assertThat(lab.pull(stateid)).isEqualTo(text());
  }

  // N-001
  @Test
  void copyNotifyWithoutAFilehandleReturnsNofilehandle() {
    assertThat(last(lab.client, copyNotify(lab.open(Ops.READ), NAMED)))
        .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_NOFILEHANDLE));
  }

  // N-001
  @Test
  void copyNotifyOfAnObjectOtherThanARegularFileReturnsWrongType() {
    Stateid4 open = lab.open(Ops.READ);
    assertThat(last(lab.client, putrootfh(), copyNotify(open, NAMED)))
        .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_WRONG_TYPE));
    for (Createtype4 type :
        List.of(new Createtype4.Fifo(), new Createtype4.Lnk(Opaque.ofUtf8("x")))) {
      NfsFh4 other =
          Ops.filehandle(
              lab.client
                  .call(
                      putrootfh(),
                      Ops.create(type, "x" + type.type(), AttrValues.EMPTY),
                      Ops.getfh())
                  .resarray());
      assertThat(last(lab.client, putfh(other), copyNotify(open, NAMED)))
          .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_WRONG_TYPE));
    }
  }

  // N-002, T-018
  @Test
  void onlyAnOpenOfTheCallerOnThisFileIsAccepted() {
    Stateid4 open = lab.open(Ops.READ);
    NfsFh4 other = lab.file("other");
    Stateid4 elsewhere =
        Ops.stateid(lab.client.call(putfh(other), Ops.openCurrent("o", Ops.READ, 0)).resarray());
    RawClient stranger = lab.another("stranger", FileLab.OWNER.uid(), "10.77.0.11");
    Stateid4 foreign =
        Ops.stateid(stranger.call(putfh(lab.file), Ops.openCurrent("o", Ops.READ, 0)).resarray());
    for (Stateid4 bad :
        List.of(
            new Stateid4(1, Opaque.ofHex("0102030405060708090a0b0c")),
            elsewhere,
            foreign,
            new Stateid4(2, open.other()),
            lab.notify(open))) {
      assertThat(copyNotifyResult(bad)).isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    }
    Stateid4 later = lab.open(Ops.READ);
    assertThat(copyNotifyResult(open)).isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_OLD_STATEID));
    assertThat(copyNotifyResult(new Stateid4(0, open.other())))
        .isInstanceOf(NfsResop4.CopyNotify.class);
    assertThat(lab.client.call(putfh(lab.file), Ops.close(later)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(copyNotifyResult(later)).isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
  }

  // T-016, B32
  @Test
  void specialStateidsReturnBadStateid() {
    for (Stateid4 special :
        List.of(Stateids.ANONYMOUS, Stateids.READ_BYPASS, Stateids.CURRENT, Stateids.INVALID)) {
      assertThat(copyNotifyResult(special))
          .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    }
    assertThat(lab.state.size()).isZero();
  }

  // T-015
  @Test
  void currentStateidIsThatOfThePrecedingOpen() {
    NfsResop4 result =
        last(
            lab.client,
            putfh(lab.file),
            Ops.openCurrent("o", Ops.READ, 0),
            copyNotify(Stateids.CURRENT, NAMED));
    assertThat(lab.pull(ok(result).stateid())).isEqualTo(text());
  }

  // N-003
  @Test
  void callerWithoutReadPermissionCannotPermitTheDestinationToRead() {
    Stateid4 open = lab.open(Ops.READ);
    lab.client.as(RawClient.user(4711));
    assertThat(copyNotifyResult(open)).isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_ACCESS));
    lab.client.as(RawClient.user(0));
    assertThat(copyNotifyResult(open))
        .as("squashed user")
        .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_ACCESS));
    lab.client.as(RawClient.user(FileLab.OWNER.uid()));
    assertThat(copyNotifyResult(lab.open("writer", Ops.WRITE)))
        .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_OPENMODE));
    assertThat(lab.state.size()).as("stateids of the two opens").isEqualTo(2);
  }

  // N-004, W-011, B36
  @Test
  void destinationMayBeNamedInAnyFormAndIsNotResolved() {
    Stateid4 open = lab.open(Ops.READ);
    for (Netloc4 name :
        List.of(
            new Netloc4.Name(Opaque.ofUtf8("no such host.invalid")),
            new Netloc4.Url(Opaque.ofUtf8("nfs://destination.invalid/")),
            new Netloc4.Netaddr(new Netaddr4(Opaque.ofUtf8("rdma"), Opaque.ofUtf8("1.2"))),
            new Netloc4.Netaddr(new Netaddr4(Opaque.EMPTY, Opaque.EMPTY)),
            netloc(address("2001:db8::22", 2049)))) {
      NfsResop4 result = last(lab.client, putfh(lab.file), copyNotify(open, name));
      assertThat(result).isEqualTo(copyNotifyOk(ok(result).stateid(), netloc(OWN)));
    }
  }

  // N-011, N-012
  @Test
  void announcedAddressNearestToTheDestinationComesFirstAndTheClientsOwnAddressLast() {
    InetSocketAddress far = address("192.0.2.1", 12049);
    InetSocketAddress near = address("10.77.1.2", 0);
    InetSocketAddress six = address("2001:db8::2", 2049);
    NotifyLab several =
        new NotifyLab(
            CopySourcePolicy.ANYBODY,
            ServerOptions.defaults().toBuilder().announced(List.of(six, far, near, OWN)).build(),
            CopyLimits.defaults());
    Stateid4 open = several.open(Ops.READ);
    Netloc4 nearWithPort = netloc(address("10.77.1.2", 2049));
    assertThat(sources(several, open, NAMED))
        .containsExactly(netloc(OWN), nearWithPort, netloc(far), netloc(six));
    assertThat(sources(several, open, netloc(address("192.0.2.200", 2049))))
        .containsExactly(netloc(far), nearWithPort, netloc(OWN), netloc(six));
    assertThat(sources(several, open, netloc(address("2001:db8::99", 2049))))
        .containsExactly(netloc(six), netloc(far), nearWithPort, netloc(OWN));
    assertThat(sources(several, open, new Netloc4.Name(Opaque.ofUtf8("unknown"))))
        .containsExactly(netloc(six), netloc(far), nearWithPort, netloc(OWN));
  }

  // N-011
  @Test
  void announcedAddressesAreLimitedToTheMaximumOfTheProtocol() {
    NotifyLab many =
        new NotifyLab(
            CopySourcePolicy.ANYBODY,
            ServerOptions.defaults().toBuilder()
                .announced(
                    IntStream.range(0, 100).mapToObj(i -> address("192.0.2." + i, 2049)).toList())
                .build(),
            CopyLimits.defaults());
    assertThat(sources(many, many.open(Ops.READ), NAMED)).hasSize((int) Nfs4.NETLOCS_MAX);
  }

  private static List<Netloc4> sources(NotifyLab lab, Stateid4 open, Netloc4 to) {
    return ok(last(lab.client, putfh(lab.file), copyNotify(open, to))).sourceServer();
  }

  // N-024
  @Test
  void replyThatDoesNotFitCreatesNoStateid() {
    NotifyLab many =
        new NotifyLab(
            CopySourcePolicy.ANYBODY,
            ServerOptions.defaults().toBuilder()
                .announced(
                    IntStream.range(0, 60).mapToObj(i -> address("192.0.2." + i, 2049)).toList())
                .build(),
            CopyLimits.defaults());
    RawClient small =
        many.server
            .client("small")
            .as(RawClient.user(FileLab.OWNER.uid()))
            .onConnection(many.connect("10.77.0.12"))
            .mount(RawClient.channel(4096, 600, 8, 2));
    Stateid4 open =
        Ops.stateid(small.call(putfh(many.file), Ops.openCurrent("o", Ops.READ, 0)).resarray());
    assertThat(
            small
                .compound(
                    RawClient.in(
                        small.sequence(1, 1, true), putfh(many.file), copyNotify(open, NAMED)))
                .resarray()
                .getLast())
        .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_REP_TOO_BIG_TO_CACHE));
    assertThat(many.state.size()).as("stateid of the open").isEqualTo(1);
  }

  // N-025, Z-005
  @Test
  void copyNotifyStateidsAreLimitedPerClientAndServer() {
    NotifyLab bounded =
        new NotifyLab(
            CopySourcePolicy.ANYBODY,
            ServerOptions.defaults(),
            CopyLimits.builder().notifiesMax(5).notifiesPerClientMax(3).build());
    Stateid4 open = bounded.open(Ops.READ);
    for (int i = 0; i < 3; i++) {
      bounded.notify(open);
    }
    assertThat(last(bounded.client, putfh(bounded.file), copyNotify(open, NAMED)))
        .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_DELAY));
    RawClient other = bounded.another("other", FileLab.OWNER.uid(), "10.77.0.11");
    Stateid4 theirs =
        Ops.stateid(other.call(putfh(bounded.file), Ops.openCurrent("o", Ops.READ, 0)).resarray());
    for (int i = 0; i < 2; i++) {
      ok(last(other, putfh(bounded.file), copyNotify(theirs, NAMED)));
    }
    assertThat(last(other, putfh(bounded.file), copyNotify(theirs, NAMED)))
        .as("the server's limit")
        .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_DELAY));
    assertThat(bounded.client.call(putfh(bounded.file), Ops.close(open)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    ok(last(other, putfh(bounded.file), copyNotify(theirs, NAMED)));
  }

  // N-025
  @Test
  void atTheLimitTheStateidThatHasBeenIdleLongestAfterAReadIsDiscarded() {
    NotifyLab bounded =
        new NotifyLab(
            CopySourcePolicy.ANYBODY,
            ServerOptions.defaults(),
            CopyLimits.builder().notifiesMax(100).notifiesPerClientMax(3).build());
    Stateid4 open = bounded.open(Ops.READ);
    List<Stateid4> stateids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      stateids.add(bounded.notify(open));
    }
    assertThat(bounded.pull(stateids.get(2))).isEqualTo(text());
    bounded.pass(NotifyLab.LEASE.dividedBy(4));
    assertThat(bounded.pull(stateids.get(1))).isEqualTo(text());
    Stateid4 fourth = bounded.notify(open);
    assertThat(bounded.pull(stateids.get(2))).isEqualTo(readFailed(Nfsstat4.NFS4ERR_BAD_STATEID));
    for (Stateid4 left : List.of(stateids.get(0), stateids.get(1), fourth)) {
      assertThat(bounded.pull(left)).isEqualTo(text());
    }
  }

  // Clients that receive NFS4ERR_NOTSUPP copy by themselves.
  @Test
  void exportThatNoServerMayReadReturnsNotsupp() {
    NotifyLab off = new NotifyLab(CopySourcePolicy.NOBODY);
    Stateid4 open = off.open(Ops.READ);
    assertThat(last(off.client, putfh(off.file), copyNotify(open, NAMED)))
        .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_NOTSUPP));
  }

  // Z-003
  @Test
  void exportMayRestrictTheNetworksThatReadFromIt() {
    NotifyLab some = new NotifyLab(new CopySourcePolicy(List.of(IpNetwork.parse("10.77.0.16/28"))));
    Stateid4 open = some.open(Ops.READ);
    Netloc4 outside = netloc(address("192.0.2.1", 2049));
    assertThat(last(some.client, putfh(some.file), copyNotify(open, outside)))
        .isEqualTo(copyNotifyFailed(Nfsstat4.NFS4ERR_ACCESS));
    assertThat(some.pull(some.notify(open))).isEqualTo(text());
    Stateid4 unchecked = some.notify(open, new Netloc4.Name(Opaque.ofUtf8("somewhere")));
    some.destination.onConnection(some.connect("192.0.2.1"));
    assertThat(some.pull(unchecked)).isEqualTo(readFailed(Nfsstat4.NFS4ERR_PARTNER_NO_AUTH));
  }

  // Z-004
  @Test
  void logNamesTheUserTheDestinationAndTheFile() {
    List<String> lines = new ArrayList<>();
    Logger logger = Logger.getLogger(CopyNotify.class.getName());
    Handler handler = new Lines(lines);
    logger.addHandler(handler);
    try {
      Stateid4 open = lab.open(Ops.READ);
      lab.notify(open);
      lab.notify(open, new Netloc4.Name(Opaque.ofUtf8("two\nlines")));
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(lines)
        .containsExactly(
            "copy between servers: uid 1000 at 10.77.0.10:700 (client) lets 10.77.0.22:2049 read"
                + " /?",
            "copy between servers: uid 1000 at 10.77.0.10:700 (client) lets two?lines read /?");
  }

  /** A handler that captures the messages. */
  private static final class Lines extends Handler {
    private final List<String> lines;

    Lines(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord line) {
      lines.add(line.getMessage());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
