package io.ferrynfs.server.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.config.WriteVerifier;
import io.ferrynfs.server.export.ExportTable;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A server with a volume in memory, and a client with a session. There is no network between them:
 * whole COMPOUNDs go in and come out as bytes.
 */
final class FileLab {
  static final Caller OWNER = Caller.of(1000, 1000);

  final TestServer server;
  final ManualEnv env;
  final Volume volume;
  final ExportTable exports;
  final StateTable state;
  final WriteVerifier writeVerifier;
  final RawClient client;

  FileLab() {
    this(CopyRules.LINUX);
  }

  FileLab(CopyRules rules) {
    this(rules, memory("data"));
  }

  /**
   * Creates a server of these volumes that grants no delegations. One volume is at the root;
   * several are at /a, /b and so on.
   */
  FileLab(CopyRules rules, Volume... volumes) {
    this(ServerLimits.builder().delegations(DelegationLimits.none()).build(), rules, volumes);
  }

  /** Creates a server of these volumes with these limits. */
  FileLab(ServerLimits limits, CopyRules rules, Volume... volumes) {
    volume = volumes[0];
    var byPath = new LinkedHashMap<String, Volume>();
    for (int i = 0; i < volumes.length; i++) {
      byPath.put(volumes.length == 1 ? "/" : "/" + (char) ('a' + i), volumes[i]);
    }
    server = TestServer.serving(limits, rules, byPath);
    env = server.env();
    exports = server.services().exports().current();
    state = server.services().state();
    writeVerifier = server.services().writeVerifier();
    client = server.client("lab").as(RawClient.user(OWNER.uid()));
    client.mount(RawClient.channel(1 << 21, 4096, 32, 4));
  }

  static MemoryVolume memory(String name) {
    return MemoryVolume.builder(name, InstantSource.system()).rootMode(0777).build();
  }

  /** Returns a volume without block sharing, so that copies take several steps. */
  static MemoryVolume withoutClone(String name) {
    return MemoryVolume.builder(name, InstantSource.system())
        .rootMode(0777)
        .without(Feature.CLONE)
        .build();
  }

  void minorVersion(int version) {
    client.minorVersion(version);
  }

  /** Sends later calls as this user. */
  void user(long uid) {
    client.as(RawClient.user(uid));
  }

  /** Returns the results of the operations, without that of SEQUENCE. */
  List<NfsResop4> run(NfsArgop4... operations) {
    Compound4Res res = client.call(operations);
    List<NfsResop4> results = res.resarray();
    assertThat(results.getFirst().status()).isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(res.status()).isEqualTo(results.getLast().status());
    return results.subList(1, results.size());
  }

  /** Returns the result of the last operation; all the others must succeed. */
  NfsResop4 last(NfsArgop4... operations) {
    List<NfsResop4> results = run(operations);
    assertThat(results).as("all operations are executed").hasSize(operations.length);
    return results.getLast();
  }

  /** Returns the status of the last operation that was executed. */
  Nfsstat4 status(NfsArgop4... operations) {
    return run(operations).getLast().status();
  }

  /** Opens a file for an open-owner. */
  Stateid4 open(NfsFh4 file, String owner, long access) {
    return open(file, owner, access, 0);
  }

  Stateid4 open(NfsFh4 file, String owner, long access, long deny) {
    NfsResop4 result = last(Ops.putfh(file), Ops.openCurrent(owner, access, deny));
    return ((Open4Res.Ok) ((NfsResop4.Open) result).res()).value().stateid();
  }

  /** Creates a file directly in the volume. */
  NfsFh4 file(String name, String content) {
    return file(exports.everything().root().volume(), name, content);
  }

  NfsFh4 file(Volume in, String name, String content) {
    return file(exports, in, name, content);
  }

  static NfsFh4 file(ExportTable exports, Volume in, String name, String content) {
    try {
      Created created =
          in.create(
              OWNER,
              in.root(),
              Name.of(name),
              CreateMode.unchecked(),
              AttributeChanges.ofMode(0644),
              OpenAccess.WRITE);
      try (OpenFile file = created.file()) {
        file.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)), 0);
      }
      return exports.exports().stream()
          .filter(export -> export.volume().equals(in))
          .map(export -> export.rootRef().sibling(created.handle()).wire())
          .findFirst()
          .orElseThrow();
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the content of a file, read directly from the volume. */
  String content(String name) {
    return content(volume, name);
  }

  static String content(Volume in, String name) {
    try (OpenFile file =
        in.open(
            Caller.SUPERUSER,
            in.lookup(Caller.SUPERUSER, in.root(), Name.of(name)).handle(),
            OpenAccess.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      file.read(bytes, 0);
      return new String(bytes.array(), StandardCharsets.UTF_8);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }
}
