package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.copyNotify;
import static io.ferrynfs.server.testing.Ops.offloadCancel;
import static io.ferrynfs.server.testing.Ops.openCurrent;
import static io.ferrynfs.server.testing.Ops.putfh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.address.UniversalAddress;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.Squash;
import io.ferrynfs.server.state.StateTable;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.CopyNotify4Resok;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Res;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.Stateid4;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * A source server with one export that squashes superusers. The client's user owns a file that no
 * other user may read; the destination calls from another address as the superuser of its machine.
 */
final class NotifyLab {
  static final String TEXT = "readable by its owner only";
  static final InetSocketAddress DESTINATION = address("10.77.0.22", 2049);
  static final Netloc4 NAMED = netloc(DESTINATION);
  static final Duration LEASE = Duration.ofSeconds(ServerLimits.defaults().leaseSeconds());

  /** The address at which the client and the destination reach the server. */
  static final InetSocketAddress OWN = address("10.77.0.2", 2049);

  final MemoryVolume volume =
      MemoryVolume.builder("secrets", InstantSource.system()).rootMode(0777).build();
  final TestServer server;
  final ManualEnv env;
  final StateTable state;
  final RawClient client;
  final RawClient destination;
  final NfsFh4 file;

  NotifyLab() {
    this(CopySourcePolicy.ANYBODY);
  }

  NotifyLab(CopySourcePolicy policy) {
    this(policy, ServerOptions.defaults(), CopyLimits.defaults());
  }

  NotifyLab(CopySourcePolicy policy, ServerOptions options, CopyLimits limits) {
    server =
        TestServer.serving(
            ServerLimits.builder().copies(limits).delegations(DelegationLimits.none()).build(),
            options,
            new ExportDefinition(volume, Squash.ROOT, policy));
    env = server.env();
    state = server.services().state();
    client = another("client", FileLab.OWNER.uid(), "10.77.0.10");
    destination = another("destination", 0, DESTINATION.getAddress().getHostAddress());
    file = file("secret");
  }

  static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  static Netloc4 netloc(InetSocketAddress address) {
    return new Netloc4.Netaddr(UniversalAddress.of(address));
  }

  /** Returns a client of this user at this address, with a session. */
  RawClient another(String name, long uid, String host) {
    return server
        .client(name)
        .as(RawClient.user(uid))
        .onConnection(connect(host))
        .mount(RawClient.channel(1 << 20, 4096, 32, 4));
  }

  TestConnection connect(String host) {
    return server.connect(OWN, address(host, 700));
  }

  /** Creates a file of the client's user directly in the volume. */
  NfsFh4 file(String name) {
    try {
      Created created =
          volume.create(
              FileLab.OWNER,
              volume.root(),
              Name.of(name),
              CreateMode.unchecked(),
              AttributeChanges.ofMode(0600),
              OpenAccess.WRITE);
      try (OpenFile open = created.file()) {
        open.write(ByteBuffer.wrap(TEXT.getBytes(StandardCharsets.UTF_8)), 0);
      }
      return server
          .services()
          .exports()
          .current()
          .everything()
          .root()
          .sibling(created.handle())
          .wire();
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the result of the last operation; all the others must succeed. */
  static NfsResop4 last(RawClient client, NfsArgop4... operations) {
    Compound4Res res = client.call(operations);
    assertThat(res.resarray()).as("all operations are executed").hasSize(operations.length + 1);
    return res.resarray().getLast();
  }

  Stateid4 open(long access) {
    return open("owner", access);
  }

  Stateid4 open(String owner, long access) {
    return Ops.stateid(client.call(putfh(file), openCurrent(owner, access, 0)).resarray());
  }

  /** Sends a COPY_NOTIFY, which must succeed, and returns its stateid. */
  Stateid4 notify(Stateid4 source) {
    return notify(source, NAMED);
  }

  Stateid4 notify(Stateid4 source, Netloc4 to) {
    return ok(last(client, putfh(file), copyNotify(source, to))).stateid();
  }

  static CopyNotify4Resok ok(NfsResop4 result) {
    if (result instanceof NfsResop4.CopyNotify(CopyNotify4Res.Ok(var value))) {
      return value;
    }
    throw new AssertionError(result);
  }

  /** Returns the expected result of COPY_NOTIFY. */
  static NfsResop4 copyNotifyOk(Stateid4 stateid, Netloc4... sources) {
    return new NfsResop4.CopyNotify(
        new CopyNotify4Res.Ok(
            new CopyNotify4Resok(new Nfstime4(LEASE.toSeconds(), 0), stateid, List.of(sources))));
  }

  static NfsResop4 copyNotifyFailed(Nfsstat4 status) {
    return new NfsResop4.CopyNotify(new CopyNotify4Res.Failed(status));
  }

  /** Sends a READ of the file from the destination. */
  NfsResop4 pull(Stateid4 stateid) {
    return last(destination, putfh(file), Ops.read(stateid, 0, 100));
  }

  static NfsResop4 text() {
    return new NfsResop4.Read(new Read4Res.Ok(new Read4Resok(true, Ops.payload(TEXT))));
  }

  static NfsResop4 readFailed(Nfsstat4 status) {
    return new NfsResop4.Read(new Read4Res.Failed(status));
  }

  NfsResop4 cancel(Stateid4 stateid) {
    return last(client, putfh(file), offloadCancel(stateid));
  }

  static NfsResop4 cancelled(Nfsstat4 status) {
    return new NfsResop4.OffloadCancel(new OffloadCancel4Res(status));
  }

  /** Advances the clock while the client and the destination renew their leases. */
  void pass(Duration time) {
    for (Duration left = time; left.isPositive(); left = left.minus(LEASE.dividedBy(2))) {
      Duration part = LEASE.dividedBy(2);
      env.advance(left.compareTo(part) < 0 ? left : part);
      client.call();
      destination.call();
    }
  }

  /** Runs the server's periodic cleanup. */
  void reap() {
    server.services().clients().reap();
  }
}
