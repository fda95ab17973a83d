package io.ferrynfs.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.ferrynfs.rpc.RpcConnection;
import io.ferrynfs.rpc.RpcException;
import io.ferrynfs.rpc.RpcHandler;
import io.ferrynfs.rpc.RpcLimits;
import io.ferrynfs.rpc.RpcRequest;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.ClientStatus;
import io.ferrynfs.server.CopyStatus;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminServerTest {
  private static final InetSocketAddress SERVED =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 2049);

  private final SystemEnv env = new SystemEnv(8 << 20);
  private final MemoryCopies copies = new MemoryCopies();
  private final MemoryClients clients = new MemoryClients();
  private final MemoryExports exports = new MemoryExports();
  private AdminFolder folder;
  private AdminServer server;

  @BeforeEach
  void start(@TempDir Path root) throws IOException {
    folder = AdminFolder.forServer(root.resolve("admin"));
    server = open();
  }

  @AfterEach
  void stop() {
    server.close();
    env.close();
  }

  private AdminServer open() throws IOException {
    return AdminServer.open(env, folder, SERVED, copies, clients, exports, MemoryStatistics::some);
  }

  private List<CopyStatus> list() throws IOException {
    try (AdminClient client = AdminClient.connect(env, server.socket())) {
      return client.copies();
    }
  }

  private void addCopies(int count) {
    LongStream.rangeClosed(1, count).forEach(id -> copies.add(MemoryCopies.copy(id, id, 1000)));
  }

  @Test
  void socketIsPrivate() throws IOException {
    assertThat(server.socket()).isEqualTo(folder.path().resolve("127.0.0.1-2049.sock"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(server.socket())))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
        .isEqualTo("rwx------");
  }

  @Test
  void copiesAreListedUnchanged() throws IOException {
    copies.add(MemoryCopies.copy(3, 0, 10));
    copies.add(MemoryCopies.copy(4, 5, 10));
    copies.add(MemoryCopies.copy(Long.MAX_VALUE, 1L << 60, 1L << 60));
    assertThat(list()).isEqualTo(copies.copies());
  }

  @Test
  void copiesAreListedInPages() throws IOException {
    for (int count : new int[] {64, 65, 128, 1000}) {
      addCopies(count);
      assertThat(list()).isEqualTo(copies.copies());
    }
  }

  @Test
  void clientsAreListedUnchangedInPages() throws IOException {
    for (int count : new int[] {0, 3, 64, 65, 1000}) {
      for (long id = 1; id <= count; id++) {
        // Clientids are unsigned: some have the highest bit set.
        long clientid = id << 56 | id;
        ClientStatus.State[] states = ClientStatus.State.values();
        clients.add(MemoryClients.client(clientid, states[(int) (id % states.length)]));
      }
      try (AdminClient client = AdminClient.connect(env, server.socket())) {
        assertThat(client.clients()).isEqualTo(clients.clients());
      }
    }
  }

  @Test
  void exportsAreListedUnchangedInPages() throws IOException {
    for (int count : new int[] {0, 3, 32, 33, 1000}) {
      while (exports.exports().size() < count) {
        exports.add(MemoryExports.export("/" + exports.exports().size(), "10.0.0.0/8"));
      }
      try (AdminClient client = AdminClient.connect(env, server.socket())) {
        assertThat(client.exports()).isEqualTo(exports.exports());
      }
    }
  }

  @Test
  void reloadReportIsTruncatedToTheLimit() throws IOException {
    String line = "x".repeat(40_000);
    exports.reloadsTo(new ReloadReport(false, List.of("first", line, line)));
    try (AdminClient client = AdminClient.connect(env, server.socket())) {
      assertThat(client.reloadExports())
          .isEqualTo(
              new ReloadReport(
                  false, List.of("first", line, line.substring(0, 65_536 - 6 - 40_001))));
    }
  }

  @Test
  void longNamesAreTruncatedToFitAPage() throws IOException {
    String longName = "/" + "\u00e4".repeat(5000);
    for (long id = 1; id <= 64; id++) {
      copies.add(
          new CopyStatus(
              id,
              longName,
              longName,
              "x" + longName,
              1,
              2,
              Duration.ZERO,
              CopyStatus.State.RUNNING));
    }
    List<CopyStatus> listed = list();
    assertThat(listed).hasSize(64);
    // 4096 bytes have a slash and whole two-byte characters, and no partial character.
    assertThat(listed.getLast().source()).isEqualTo("/" + "\u00e4".repeat(2047));
    assertThat(listed.getLast().destination()).isEqualTo("x/" + "\u00e4".repeat(2047));
  }

  @Test
  void cancelSucceedsOnce() throws IOException {
    addCopies(2);
    try (AdminClient client = AdminClient.connect(env, server.socket())) {
      assertThat(client.cancel(1)).isTrue();
      assertThat(client.cancel(1)).isFalse();
      assertThat(client.cancel(-1)).isFalse();
      assertThat(client.copies()).containsExactly(MemoryCopies.copy(2, 2, 1000));
    }
  }

  @Test
  void unknownProgramsVersionsAndProceduresAreRejected() throws IOException {
    assertThat(refusal(1, 1, 0, out -> {})).isEqualTo(RpcException.Kind.PROG_UNAVAIL);
    assertThat(refusal(AdminProgram.PROGRAM, 2, 0, out -> {}))
        .isEqualTo(RpcException.Kind.PROG_MISMATCH);
    assertThat(refusal(AdminProgram.PROGRAM, 1, 9, out -> {}))
        .isEqualTo(RpcException.Kind.PROC_UNAVAIL);
    assertThat(refusal(AdminProgram.PROGRAM, 1, AdminProgram.CANCEL_COPY, out -> out.writeInt(1)))
        .isEqualTo(RpcException.Kind.GARBAGE_ARGS);
    assertThat(refusal(AdminProgram.PROGRAM, 1, AdminProgram.NULL, out -> out.writeInt(1)))
        .isEqualTo(RpcException.Kind.GARBAGE_ARGS);
    assertThat(list()).isEmpty();
  }

  private RpcException.Kind refusal(
      int program, int version, int procedure, Consumer<XdrWriter> arguments) {
    RpcRequest request = RpcRequest.of(program, version, procedure, Credential.none(), arguments);
    try (RpcConnection connection =
        RpcConnection.connect(
                env,
                UnixDomainSocketAddress.of(server.socket()),
                ConnectOptions.within(Duration.ofSeconds(10)),
                RpcLimits.DEFAULT,
                RpcHandler.NO_PROGRAMS)
            .join()) {
      connection.call(request).join().close();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RpcException refused) {
        return refused.kind();
      }
      throw e;
    }
    throw new AssertionError("was answered");
  }

  @Test
  void garbageClosesOnlyItsConnection() throws IOException {
    byte[][] garbage = {
      "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
      {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff}, // a record of 2 GiB
      {(byte) 0x80, 0, 0, 4, 1, 2, 3, 4}, // a complete record that is not a call
    };
    for (byte[] bytes : garbage) {
      try (SocketChannel raw = SocketChannel.open(UnixDomainSocketAddress.of(server.socket()))) {
        raw.write(ByteBuffer.wrap(bytes));
        assertThat(raw.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      }
    }
    assertThat(list()).isEmpty();
  }

  @Test
  void partialRecordDoesNotDelayOthersAndTimesOut() throws IOException {
    try (SocketChannel raw = SocketChannel.open(UnixDomainSocketAddress.of(server.socket()))) {
      raw.write(ByteBuffer.wrap(new byte[] {(byte) 0x80, 0, 0, 40, 0, 0, 0, 1}));
      assertThat(list()).isEmpty();
    }
    assertThat(list()).isEmpty();
  }

  @Test
  void idleConnectionsDoNotBlockOthers() throws IOException {
    List<SocketChannel> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * AdminServer.CONNECTIONS_MAX; i++) {
        silent.add(SocketChannel.open(UnixDomainSocketAddress.of(server.socket())));
      }
      assertThat(list()).isEmpty();
      // The oldest idle connection was closed.
      assertThat(silent.getFirst().read(ByteBuffer.allocate(1))).isEqualTo(-1);
    } finally {
      for (SocketChannel one : silent) {
        one.close();
      }
    }
  }

  @Test
  void connectionBeyondTheLimitIsClosed() throws IOException {
    List<AdminClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < AdminServer.CONNECTIONS_MAX; i++) {
        AdminClient client = AdminClient.connect(env, server.socket());
        clients.add(client);
        assertThat(client.copies()).isEmpty();
      }
      assertThatIOException().isThrownBy(this::list).withMessageContaining("CONNECTION_LOST");
      assertThat(clients.getFirst().copies()).isEmpty();
    } finally {
      clients.forEach(AdminClient::close);
    }
    assertThat(list()).isEmpty();
  }

  @Test
  void socketOfARunningServerIsNotReplaced() throws IOException {
    addCopies(1);
    assertThatIOException()
        .isThrownBy(this::open)
        .withMessageContaining("in use by another server");
    assertThat(list()).hasSize(1);
  }

  @Test
  void staleSocketIsReplaced() throws IOException {
    server.close();
    // Closing such a channel leaves its socket file, as SIGKILL does.
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(server.socket()));
    }
    assertThat(server.socket()).exists();
    server = open();
    assertThat(list()).isEmpty();
  }

  @Test
  void closedServerDeletesItsSocket() {
    server.close();
    assertThat(folder.path()).isEmptyDirectory();
  }
}
