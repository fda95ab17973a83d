package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.openCurrent;
import static io.ferrynfs.server.testing.Ops.putfh;

import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.ExportRule;
import io.ferrynfs.server.IpNetwork;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.Squash;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;

/** A server with two exports, one of which is taken away; copies go piece by piece. */
final class ExportsLab {
  static final int FILE_BYTES = 4 * OffloadLab.PIECE;
  static final Duration LEASE = Duration.ofSeconds(ServerLimits.defaults().leaseSeconds());

  final MemoryVolume kept = FileLab.withoutClone("kept");
  final MemoryVolume taken = FileLab.withoutClone("taken");
  final TestServer server =
      TestServer.serving(
          ServerLimits.builder()
              .copies(
                  CopyLimits.builder()
                      .chunkBytesMin(OffloadLab.PIECE)
                      .answeredAtOnceBytesMax(0)
                      .build())
              .build(),
          map(both()));
  final ManualEnv env = server.env();

  /** An export with its path. */
  record Placed(String path, ExportDefinition entry) {}

  ExportsLab() {
    env.hold(OffloadLab.COPYING);
  }

  private static SequencedMap<String, ExportDefinition> map(Placed... exports) {
    SequencedMap<String, ExportDefinition> entries = new LinkedHashMap<>();
    for (Placed export : exports) {
      entries.put(export.path(), export.entry());
    }
    return entries;
  }

  /** An export for everybody. */
  static Placed open(String path, Volume volume) {
    return new Placed(path, new ExportDefinition(volume, Squash.NONE));
  }

  /** Both, for everybody. */
  Placed[] both() {
    return new Placed[] {open("/kept", kept), open("/taken", taken)};
  }

  /** The one for some only. */
  Placed takenFor(String network) {
    ExportRule rule =
        new ExportRule(
            List.of(IpNetwork.parse(network)), false, Squash.NONE, ExportRule.ALL_FLAVORS);
    return new Placed(
        "/taken", new ExportDefinition(taken, List.of(rule), CopySourcePolicy.ANYBODY));
  }

  /** The one for reading. */
  Placed takenReadOnly() {
    ExportRule rule =
        new ExportRule(ExportRule.EVERYWHERE, true, Squash.NONE, ExportRule.ALL_FLAVORS);
    return new Placed(
        "/taken", new ExportDefinition(taken, List.of(rule), CopySourcePolicy.ANYBODY));
  }

  /** Serves these from now on. */
  CompletableFuture<Void> serve(Placed... exports) {
    return server.replaceExports(map(exports));
  }

  /** A client with a session, from this address. */
  RawClient client(String host) {
    return server
        .client("client at " + host)
        .as(RawClient.user(FileLab.OWNER.uid()))
        .over(server.connect(address("10.0.0.9", 2049), address(host, 700)))
        .mount(RawClient.channel(1 << 20, 4096, 32, 4));
  }

  private static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  /** A file made behind the server's back. */
  NfsFh4 file(Volume in, String name) {
    return FileLab.file(server.services().exports().current(), in, name, "x".repeat(FILE_BYTES));
  }

  static NfsResop4 last(RawClient client, NfsArgop4... operations) {
    return client.call(operations).resarray().getLast();
  }

  /** OPEN without a delegation. */
  Stateid4 open(RawClient client, NfsFh4 file, int access) {
    int wantNone = 0x0400;
    return Ops.stateid(client.call(putfh(file), openCurrent("o", access | wantNone, 0)).resarray());
  }

  /** Opens a file, closes it and keeps the delegation. */
  Stateid4 delegation(RawClient client, NfsFh4 file) {
    if (last(client, putfh(file), openCurrent("o", READ, 0))
        instanceof NfsResop4.Open(Open4Res.Ok(var ok))) {
      last(client, putfh(file), Ops.close(ok.stateid()));
      return DelegationLab.stateid(ok.delegation());
    }
    throw new AssertionError("not opened");
  }

  /** COPY_NOTIFY. */
  Stateid4 notice(RawClient client, NfsFh4 file, Stateid4 open) {
    if (last(client, putfh(file), Ops.copyNotify(open, NotifyLab.NAMED))
        instanceof NfsResop4.CopyNotify(CopyNotify4Res.Ok(var ok))) {
      return ok.stateid();
    }
    throw new AssertionError("no notice");
  }
}
