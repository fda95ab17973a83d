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

/** A server with two exports, one of which tests withdraw. Copies run one chunk at a time. */
final class ExportsLab {
  static final int FILE_BYTES = 4 * OffloadLab.PIECE;
  static final Duration LEASE = Duration.ofSeconds(ServerLimits.defaults().leaseSeconds());

  final MemoryVolume kept = FileLab.withoutClone("kept");
  final MemoryVolume affected = FileLab.withoutClone("affected");
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

  /** An export and its path. */
  record PathExport(String path, ExportDefinition entry) {}

  ExportsLab() {
    env.hold(OffloadLab.COPYING);
  }

  private static SequencedMap<String, ExportDefinition> map(PathExport... exports) {
    SequencedMap<String, ExportDefinition> entries = new LinkedHashMap<>();
    for (PathExport export : exports) {
      entries.put(export.path(), export.entry());
    }
    return entries;
  }

  /** Returns an export for all clients. */
  static PathExport open(String path, Volume volume) {
    return new PathExport(path, new ExportDefinition(volume, Squash.NONE));
  }

  /** Returns both exports, for all clients. */
  PathExport[] both() {
    return new PathExport[] {open("/kept", kept), open("/affected", affected)};
  }

  /** Returns the second export, for one network only. */
  PathExport affectedFor(String network) {
    ExportRule rule =
        new ExportRule(
            List.of(IpNetwork.parse(network)), false, Squash.NONE, ExportRule.ALL_FLAVORS);
    return new PathExport(
        "/affected", new ExportDefinition(affected, List.of(rule), CopySourcePolicy.ANYBODY));
  }

  /** Returns the second export, read-only. */
  PathExport affectedReadOnly() {
    ExportRule rule =
        new ExportRule(ExportRule.EVERYWHERE, true, Squash.NONE, ExportRule.ALL_FLAVORS);
    return new PathExport(
        "/affected", new ExportDefinition(affected, List.of(rule), CopySourcePolicy.ANYBODY));
  }

  /** Replaces the exports with these. */
  CompletableFuture<Void> serve(PathExport... exports) {
    return server.replaceExports(map(exports));
  }

  /** Returns a client at this address, with a session. */
  RawClient client(String host) {
    return server
        .client("client at " + host)
        .as(RawClient.user(FileLab.OWNER.uid()))
        .onConnection(server.connect(address("10.0.0.9", 2049), address(host, 700)))
        .mount(RawClient.channel(1 << 20, 4096, 32, 4));
  }

  private static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  /** Creates a file directly in the volume. */
  NfsFh4 file(Volume in, String name) {
    return FileLab.file(server.services().exports().current(), in, name, "x".repeat(FILE_BYTES));
  }

  static NfsResop4 last(RawClient client, NfsArgop4... operations) {
    return client.call(operations).resarray().getLast();
  }

  /** Opens a file without a delegation. */
  Stateid4 open(RawClient client, NfsFh4 file, int access) {
    int wantNone = 0x0400;
    return Ops.stateid(client.call(putfh(file), openCurrent("o", access | wantNone, 0)).resarray());
  }

  /** Opens a file, closes it and returns the stateid of the delegation. */
  Stateid4 delegation(RawClient client, NfsFh4 file) {
    if (last(client, putfh(file), openCurrent("o", READ, 0))
        instanceof NfsResop4.Open(Open4Res.Ok(var ok))) {
      last(client, putfh(file), Ops.close(ok.stateid()));
      return DelegationLab.stateid(ok.delegation());
    }
    throw new AssertionError("OPEN failed");
  }

  /** Sends a COPY_NOTIFY and returns its stateid. */
  Stateid4 copyNotify(RawClient client, NfsFh4 file, Stateid4 open) {
    if (last(client, putfh(file), Ops.copyNotify(open, NotifyLab.NAMED))
        instanceof NfsResop4.CopyNotify(CopyNotify4Res.Ok(var ok))) {
      return ok.stateid();
    }
    throw new AssertionError("COPY_NOTIFY failed");
  }
}
