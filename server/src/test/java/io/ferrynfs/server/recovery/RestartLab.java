package io.ferrynfs.server.recovery;

import io.ferrynfs.server.ClientRegistry;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenDelegationType4;
import io.ferrynfs.wire.nfs4.Openflag4;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** A server that is killed and restarted on the same volume with the same client registry. */
final class RestartLab {
  static final NfsArgop4 COMPLETE = new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(false));
  static final Duration LEASE = Duration.ofSeconds(90);
  static final Openflag4 NOCREATE = new Openflag4.Nocreate();

  private final ClientRegistry registry;
  private MemoryVolume volume =
      MemoryVolume.builder("restarted", InstantSource.system()).rootMode(0777).build();
  private int instances;
  private ServerLimits limits = ServerLimits.defaults();
  TestServer server;

  RestartLab() {
    this(new MemoryClientRegistry());
  }

  RestartLab(ClientRegistry registry) {
    this.registry = registry;
    server = start();
  }

  private TestServer start() {
    SequencedMap<String, Volume> volumes = new LinkedHashMap<>();
    volumes.put("/", volume);
    return TestServer.instance(++instances, limits, volumes, registry);
  }

  /** Kills the process without closing anything, and starts another one. */
  void restart() {
    restart(limits);
  }

  void restart(ServerLimits changed) {
    limits = changed;
    volume = volume.reopen();
    server = start();
  }

  /** Returns a client that has mounted the server and may open files. */
  RawClient mounted(String name) {
    return server.client(name).mount();
  }

  /** Returns a client of this name that has a session and has not sent RECLAIM_COMPLETE. */
  RawClient connected(String name) {
    return server.client(name).reconnect(server);
  }

  void advance(Duration time) {
    server.env().advance(time);
    server.services().clients().reap();
  }

  boolean inGrace() {
    return server.services().clients().recovery().isInGrace();
  }

  /** Creates a file and keeps it open. */
  NfsFh4 opened(RawClient client, String name, int access, int deny) {
    Compound4Res res = client.call(Ops.putrootfh(), Ops.open("o", name, access, deny), Ops.getfh());
    return Ops.filehandle(res.resarray());
  }

  static NfsArgop4 reclaim(int access, int deny) {
    return reclaim(access, deny, OpenDelegationType4.OPEN_DELEGATE_NONE);
  }

  static NfsArgop4 reclaim(int access, int deny, OpenDelegationType4 claimed) {
    return Ops.open("o", access, deny, NOCREATE, new OpenClaim4.Previous(claimed));
  }

  /** Reclaims an open, which must succeed. */
  static Stateid4 reclaimed(RawClient client, NfsFh4 file, int access, int deny) {
    Compound4Res res = client.call(Ops.putfh(file), reclaim(access, deny));
    if (res.status() != Nfsstat4.NFS4_OK) {
      throw new AssertionError(res);
    }
    return Ops.stateid(res.resarray());
  }
}
