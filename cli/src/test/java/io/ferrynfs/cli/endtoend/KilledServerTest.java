package io.ferrynfs.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Getfh4Res;
import io.ferrynfs.wire.nfs4.Lookup4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Args;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers killed by SIGKILL and restarted on the same directory. */
class KilledServerTest {
  private static final int BYTES = 300_000;
  private static final NfsPath FILE = NfsPath.of("/file");
  private static final Stateid4 ANONYMOUS = new Stateid4(0, Opaque.of(new byte[12]));

  @TempDir Path folder;
  private Path served;

  @BeforeEach
  void makeDirectory() throws IOException {
    served = Files.createDirectory(folder.resolve("served"));
  }

  private ServeProcess serve() throws IOException {
    return new ServeProcess(served, folder.resolve("state"));
  }

  private static byte[] random(int seed) {
    byte[] bytes = new byte[BYTES];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void openFileWorksAfterARestartAndHasCommittedData() throws Exception {
    byte[] committed = random(1);
    byte[] later = random(2);
    try (ServeProcess server = serve();
        NfsClient client = server.connect();
        NfsFile file =
            client.open(FILE, NfsOpenOptions.forNew(0644).toBuilder().read(true).build())) {
      file.write(ByteBuffer.wrap(committed), 0);
      file.sync();
      server.kill();
      assertThat(Files.readAllBytes(served.resolve("file"))).isEqualTo(committed);
      server.restart();
      ByteBuffer into = ByteBuffer.allocate(BYTES);
      assertThat(file.read(into, 0)).isEqualTo(BYTES);
      assertThat(into.array()).isEqualTo(committed);
      file.write(ByteBuffer.wrap(later), 0);
      file.sync();
      assertThat(Files.readAllBytes(served.resolve("file"))).isEqualTo(later);
    }
  }

  // E-012, E-013
  @Test
  void restartWaitsForRecordedClientsOnly() throws Exception {
    try (ServeProcess server = serve()) {
      assertThat(server.notes()).doesNotContain("reclaim");
      try (NfsClient client = server.connect();
          NfsFile file = client.open(FILE, NfsOpenOptions.forNew(0644))) {
        server.kill();
        server.restart();
        assertThat(server.notes())
            .contains("until clients from before the restart have reclaimed: 1\n");
        file.write(ByteBuffer.wrap(random(5)), 0);
        file.sync();
        try (NfsFile again = client.open(FILE, NfsOpenOptions.forReading())) {
          assertThat(again.attributes().sizeBytes()).isEqualTo(BYTES);
        }
      }
      server.kill();
      server.restart();
      assertThat(server.notes()).doesNotContain("reclaim");
    }
  }

  @Test
  void onlyTheRemovedOpenFileIsLostAfterARestart() throws Exception {
    byte[] content = random(6);
    NfsPath second = NfsPath.of("/second");
    NfsOpenOptions both = NfsOpenOptions.forNew(0644).toBuilder().read(true).build();
    try (ServeProcess server = serve();
        NfsClient client = server.connect();
        NfsFile removed = client.open(FILE, both);
        NfsFile kept = client.open(second, both)) {
      kept.write(ByteBuffer.wrap(content), 0);
      kept.sync();
      client.remove(FILE);
      server.kill();
      server.restart();
      ByteBuffer into = ByteBuffer.allocate(BYTES);
      assertThat(kept.read(into, 0)).isEqualTo(BYTES);
      assertThat(into.array()).isEqualTo(content);
      assertThatThrownBy(() -> removed.read(ByteBuffer.allocate(1), 0))
          .isInstanceOfSatisfying(
              NfsException.class,
              lost -> assertThat(lost.reason()).isEqualTo(NfsException.Reason.STATE_LOST));
    }
  }

  @Test
  void serverStartsIfTheClientRegistryCannotBeOpened() throws Exception {
    try (ServeProcess server = serve()) {
      server.kill();
      Path registry;
      try (Stream<Path> files = Files.walk(folder.resolve("state"))) {
        registry = files.filter(file -> file.endsWith("clients.mv")).findFirst().orElseThrow();
      }
      Files.delete(registry);
      Files.createDirectory(registry);
      server.restart();
      assertThat(server.notes()).contains("clients cannot reclaim after a restart: ");
      try (NfsClient client = server.connect();
          NfsFile file = client.open(FILE, NfsOpenOptions.forNew(0644))) {
        file.write(ByteBuffer.wrap(random(7)), 0);
        file.sync();
        server.kill();
        server.restart();
        file.write(ByteBuffer.wrap(random(8)), 0);
        file.sync();
      }
    }
  }

  @Test
  void uncommittedDataIsReportedAsLost() throws Exception {
    byte[] data = random(3);
    try (ServeProcess server = serve();
        NfsClient client = server.connect();
        NfsFile file = client.open(FILE, NfsOpenOptions.forNew(0644))) {
      file.write(ByteBuffer.wrap(data), 0);
      server.kill();
      server.restart();
      assertThatThrownBy(file::sync)
          .isInstanceOfSatisfying(
              NfsException.class,
              lost -> assertThat(lost.reason()).isEqualTo(NfsException.Reason.DATA_LOST));
      file.write(ByteBuffer.wrap(data), 0);
      file.sync();
      assertThat(Files.readAllBytes(served.resolve("file"))).isEqualTo(data);
    }
  }

  @Test
  void restartKeepsFilehandlesAndDropsClientidsAndSessions() throws Exception {
    byte[] content = random(4);
    Files.write(served.resolve("file"), content);
    try (ServeProcess server = serve();
        SystemEnv env = new SystemEnv()) {
      BareClient client = new BareClient(env, server.address()).exchangeId();
      assertThat(client.createSession()).isEqualTo(Nfsstat4.NFS4_OK);
      NfsFh4 handle = lookup(client);
      server.kill();
      server.restart();
      client.reconnect();
      assertThat(client.call().status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
      assertThat(client.createSession()).isEqualTo(Nfsstat4.NFS4ERR_STALE_CLIENTID);
      assertThat(client.exchangeId().createSession()).isEqualTo(Nfsstat4.NFS4_OK);
      assertThat(lookup(client)).isEqualTo(handle);
      assertThat(read(client, handle)).isEqualTo(Opaque.of(content));
    }
  }

  @Test
  void secondServerOfADirectoryNeedsAnotherStateFolder() throws Exception {
    try (ServeProcess server = serve()) {
      assertThatThrownBy(this::serve).hasMessageContaining("is in use by another server");
      server.kill();
      server.restart();
    }
  }

  private static NfsFh4 lookup(BareClient client) throws IOException {
    Compound4Res res =
        client.call(
            new NfsArgop4.Putrootfh(),
            new NfsArgop4.Lookup(new Lookup4Args(Opaque.ofUtf8("file"))),
            new NfsArgop4.Getfh());
    if (res.resarray().getLast() instanceof NfsResop4.Getfh(Getfh4Res.Ok(var ok))) {
      return ok.object();
    }
    throw new AssertionError(res);
  }

  private static Opaque read(BareClient client, NfsFh4 handle) throws IOException {
    Compound4Res res =
        client.call(
            new NfsArgop4.Putfh(new Putfh4Args(handle)),
            new NfsArgop4.Read(new Read4Args(ANONYMOUS, 0, BYTES)));
    if (res.resarray().getLast() instanceof NfsResop4.Read(Read4Res.Ok(var ok))) {
      return Opaque.of(ok.data().bytes());
    }
    throw new AssertionError(res);
  }
}
