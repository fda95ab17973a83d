package io.ferrynfs.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.auth.CallProtection;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.auth.RpcPeer;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.FilePayload;
import io.ferrynfs.rpc.env.Pool;
import io.ferrynfs.rpc.env.RecordReceiver.Placement;
import io.ferrynfs.rpc.env.StreamLimits;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.Payload;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests behavior that requires actual sockets. */
class TcpTest {
  private static final int SHORT_MILLIS = 300;
  private static final StreamLimits IMPATIENT =
      StreamLimits.DEFAULT.toBuilder()
          .partialRecordTimeMax(Duration.ofMillis(SHORT_MILLIS))
          .sendStallTimeMax(Duration.ofMillis(SHORT_MILLIS))
          .build();

  private final SystemEnv env = new SystemEnv(8 << 20);
  private final Bulk files = new Bulk();
  private final BlockingQueue<IOException> ends = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @TempDir Path folder;

  @AfterEach
  void closeEnvironment() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
    files.pool.close();
    env.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("ferry-")) {
        // A thread may still be terminating.
        assertThat(thread.join(Duration.ofSeconds(5))).as(thread.getName()).isTrue();
      }
    }
  }

  /** Echo, and READ-like calls whose replies a pool sends with sendfile(2). */
  private final class Bulk implements RpcHandler {
    static final int READ = 100;
    static final int WRITE = 101;
    static final int BIG = 102;
    static final int OUT_OF_MEMORY = 103;

    private final Echo echo = new Echo();
    private final Pool pool = env.pool("ferry-bulk", 2, 1000);
    private final Semaphore released = new Semaphore(0);
    private final AtomicInteger taken = new AtomicInteger();
    private FilePayload.Source source = new FileSource(Path.of("none"));

    @Override
    public void handle(RpcCall call) {
      switch (call.procedure()) {
        case READ -> pool.execute(() -> read(call));
        case WRITE -> pool.execute(() -> write(call));
        case BIG -> big(call);
        case OUT_OF_MEMORY -> throw new OutOfMemoryError("simulated");
        default -> echo.handle(call);
      }
    }

    private void read(RpcCall call) {
      try {
        long position = call.arguments().readLong();
        int length = call.arguments().readInt();
        taken.incrementAndGet();
        FilePayload data = new FilePayload(source, position, length, released::release);
        call.reply(out -> out.writePayload(data, 1 << 24));
      } catch (XdrException e) {
        call.reject(RpcReject.GARBAGE_ARGS);
      }
    }

    private void write(RpcCall call) {
      try {
        Payload data = call.arguments().readPayload(1 << 24);
        long sum = sum(data.bytes());
        call.reply(out -> out.writeLong(sum));
      } catch (XdrException e) {
        call.reject(RpcReject.GARBAGE_ARGS);
      }
    }

    private void big(RpcCall call) {
      taken.incrementAndGet();
      call.reply(out -> out.writePayload(BufferPayload.of(new byte[1 << 20]), 1 << 24));
    }

    @Override
    public void closed(RpcConnection connection, IOException cause) {
      ends.add(cause);
    }
  }

  private static long sum(ByteBuffer bytes) {
    long sum = 0;
    while (bytes.hasRemaining()) {
      sum = sum * 31 + bytes.get();
    }
    return sum;
  }

  private RpcServer serve(RpcLimits limits) throws IOException {
    RpcServer server =
        RpcServer.listen(
            env, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), limits, files);
    open.add(server);
    return server;
  }

  private RpcConnection connect(RpcServer to) throws Exception {
    RpcConnection connection =
        RpcConnection.connect(
                env,
                to.localAddress(),
                ConnectOptions.within(Duration.ofSeconds(10)),
                RpcLimits.DEFAULT,
                new Echo())
            .get(10, TimeUnit.SECONDS);
    open.add(connection);
    return connection;
  }

  private static RpcReply get(CompletableFuture<RpcReply> call) throws Exception {
    return call.get(30, TimeUnit.SECONDS);
  }

  private static String echo(RpcConnection over, String text) throws Exception {
    return Echo.text(get(over.call(Echo.request(Echo.ECHO, text))));
  }

  private Socket rawSocket(RpcServer to) throws IOException {
    Socket socket = new Socket();
    socket.connect(to.localAddress(), 10_000);
    socket.setSoTimeout(20_000);
    open.add(socket);
    return socket;
  }

  private static byte[] rawCall(int xid, RpcRequest request) {
    XdrWriter out = new XdrWriter();
    CallTarget target = new CallTarget(request.program(), request.version());
    CallProtection protection =
        Objects.requireNonNull(
            request
                .credential()
                .protect(new RpcPeer(InetSocketAddress.createUnresolved("peer", 1), null)));
    RpcHeader.writeCall(out, xid, target, request.procedure(), protection);
    request.arguments().accept(out);
    return ByteBuffer.allocate(4 + out.size())
        .putInt(0x8000_0000 | out.size())
        .put(out.toByteArray())
        .array();
  }

  private IOException nextEnd() throws InterruptedException {
    IOException end = ends.poll(20, TimeUnit.SECONDS);
    assertThat(end).as("cause of the end of a connection").isNotNull();
    return end == null ? new IOException() : end;
  }

  private Path file(int bytes) throws IOException {
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) (i * 31 + (i >> 8));
    }
    return Files.write(folder.resolve("file"), content);
  }

  private static RpcRequest read(long position, int length) {
    return RpcRequest.of(
        Echo.PROGRAM,
        Echo.VERSION,
        Bulk.READ,
        Credential.none(),
        out -> {
          out.writeLong(position);
          out.writeInt(length);
        });
  }

  @Test
  void bothEndsCallOnOneConnection() throws Exception {
    RpcServer server = serve(RpcLimits.DEFAULT);
    RpcConnection client = connect(server);
    assertThat(echo(client, "forth")).isEqualTo("forth");
    assertThat(echo(server.connections().getFirst(), "back")).isEqualTo("back");
    assertThat(client.peerAddress()).isEqualTo(server.localAddress());
  }

  @Test
  void thousandsOfCallsOfSeveralThreadsReceiveTheirOwnReplies() throws Exception {
    RpcConnection client = connect(serve(RpcLimits.DEFAULT));
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int number = t;
      threads.add(CompletableFuture.runAsync(() -> echoMany(client, number)));
    }
    for (CompletableFuture<Void> thread : threads) {
      thread.get(60, TimeUnit.SECONDS);
    }
  }

  private static void echoMany(RpcConnection client, int thread) {
    for (int round = 0; round < 30; round++) {
      List<CompletableFuture<RpcReply>> calls = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        calls.add(client.call(Echo.request(Echo.ECHO, thread + "/" + round + "/" + i)));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(Echo.text(calls.get(i).join())).isEqualTo(thread + "/" + round + "/" + i);
      }
    }
  }

  /** The server releases a file after its last byte, which may be after the client received it. */
  private void assertReleased(int times) throws InterruptedException {
    assertThat(files.released.tryAcquire(times, 30, TimeUnit.SECONDS)).isTrue();
    assertThat(files.released.availablePermits()).isZero();
  }

  @Test
  void fileDataIsSentWithoutACopyAndReceivedInTheCallersBuffer() throws Exception {
    Path path = file(3_000_001);
    files.source = new FileSource(path);
    RpcConnection client = connect(serve(RpcLimits.DEFAULT));
    byte[] content = Files.readAllBytes(path);
    List<ByteBuffer> buffers = new ArrayList<>();
    List<CompletableFuture<RpcReply>> calls = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      int length = 1_000_000 - i;
      ByteBuffer buffer =
          i % 2 == 0 ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
      buffers.add(buffer);
      RpcRequest request = read(i * 10_000L, length);
      calls.add(
          client.call(
              i % 3 == 0
                  ? request
                  : request.withBulkTarget((prefix, results) ->
                      prefix.getInt(0) == length ? new Placement(4, buffer) : null)));
    }
    for (int i = 0; i < 12; i++) {
      try (RpcReply reply = get(calls.get(i))) {
        Payload data = reply.results().readPayload(1 << 24);
        reply.results().expectEnd();
        ByteBuffer expected = ByteBuffer.wrap(content, i * 10_000, 1_000_000 - i);
        assertThat(data.bytes()).isEqualTo(expected);
        if (i % 3 != 0) {
          assertThat(buffers.get(i)).isEqualTo(expected);
        }
      }
    }
    assertReleased(12);
  }

  @Test
  void fileThatShrinksBeforeTransmissionEndsTheConnection() throws Exception {
    Path path = file(3_000_000);
    files.source =
        new FileSource(path) {
          @Override
          public long transferTo(long position, long count, WritableByteChannel target)
              throws IOException {
            long moved = super.transferTo(position, Math.min(count, 100_000), target);
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
              file.truncate(300_000);
            }
            return moved;
          }
        };
    RpcConnection client = connect(serve(RpcLimits.DEFAULT));
    CompletableFuture<RpcReply> call = client.call(read(0, 1 << 20));
    assertThatThrownBy(() -> get(call))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            RpcException.class,
            e -> assertThat(e.kind()).isEqualTo(RpcException.Kind.CONNECTION_LOST));
    assertThat(nextEnd()).hasMessage("the file has shrunk below 300001 bytes");
    assertReleased(1);
  }

  @Test
  void outOfMemoryOfAReaderEndsItsConnectionOnly() throws Exception {
    RpcServer server = serve(RpcLimits.DEFAULT);
    RpcConnection client = connect(server);
    Socket socket = rawSocket(server);
    RpcRequest request =
        RpcRequest.of(Echo.PROGRAM, Echo.VERSION, Bulk.OUT_OF_MEMORY, Credential.none(), out -> {});
    socket.getOutputStream().write(rawCall(1, request));
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
    assertThat(nextEnd()).hasMessage("internal failure");
    assertThat(echo(client, "still here")).isEqualTo("still here");
  }

  @Test
  void outOfMemoryOfAWriterEndsItsConnection() throws Exception {
    files.source =
        new FileSource(file(1_000_000)) {
          @Override
          public long transferTo(long position, long count, WritableByteChannel target) {
            throw new OutOfMemoryError("simulated");
          }
        };
    RpcConnection client = connect(serve(RpcLimits.DEFAULT));
    CompletableFuture<RpcReply> call = client.call(read(0, 1 << 19));
    assertThat(nextEnd()).hasMessage("cannot send");
    assertThatThrownBy(() -> get(call)).isInstanceOf(ExecutionException.class);
    assertReleased(1);
  }

  @Test
  void connectionWithoutCallsIsClosedForANewOne() throws Exception {
    RpcServer server = serve(RpcLimits.DEFAULT.toBuilder().connectionsMax(2).build());
    RpcConnection first = connect(server);
    assertThat(echo(first, "one")).isEqualTo("one");
    Socket silent = rawSocket(server);
    while (server.connections().size() < 2) {
      Thread.onSpinWait();
    }
    RpcConnection second = connect(server);
    assertThat(echo(second, "two")).isEqualTo("two");
    assertThat(silent.getInputStream().read()).isEqualTo(-1);
    assertThat(rawSocket(server).getInputStream().read()).isEqualTo(-1);
    assertThat(echo(first, "still here")).isEqualTo("still here");
  }

  @Test
  void largeArgumentsArriveInSegments() throws Exception {
    RpcConnection client = connect(serve(RpcLimits.DEFAULT));
    List<CompletableFuture<RpcReply>> calls = new ArrayList<>();
    List<Long> sums = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      byte[] data = new byte[1 + i * 35_000];
      Arrays.fill(data, (byte) i);
      ByteBuffer buffer = ByteBuffer.allocateDirect(data.length).put(data).flip();
      Payload payload = new BufferPayload(i % 2 == 0 ? buffer : ByteBuffer.wrap(data));
      sums.add(sum(ByteBuffer.wrap(data)));
      calls.add(
          client.call(
              RpcRequest.of(
                  Echo.PROGRAM,
                  Echo.VERSION,
                  Bulk.WRITE,
                  Credential.none(),
                  out -> out.writePayload(payload, 1 << 24))));
    }
    for (int i = 0; i < 30; i++) {
      try (RpcReply reply = get(calls.get(i))) {
        assertThat(reply.results().readLong()).isEqualTo(sums.get(i));
      }
    }
  }

  @Test
  void stalledLargeRecordReleasesTheMemoryThatOthersWaitFor() throws Exception {
    Duration soon = Duration.ofMillis(SHORT_MILLIS);
    RpcServer server =
        serve(
            RpcLimits.DEFAULT.toBuilder().stream(
                    StreamLimits.DEFAULT.toBuilder().contendedRecordTimeMax(soon).build())
                .build());
    byte[] stalled = ByteBuffer.allocate(1 << 20).putInt(0x8000_0000 | 1 << 20).array();
    for (int i = 0; i < 8; i++) {
      rawSocket(server).getOutputStream().write(stalled);
    }
    assertThat(nextEnd()).hasMessage("record not complete after PT0.3S");
    String large = "x".repeat(600_000);
    assertThat(echo(connect(server), large)).isEqualTo(large);
  }

  @Test
  void garbageEndsItsConnectionOnly() throws Exception {
    RpcServer server = serve(RpcLimits.DEFAULT);
    RpcConnection client = connect(server);
    for (String garbage : List.of("GET / HTTP/1.1\r\n\r\n", "\u0080\0\0\u0010garbage garbage ")) {
      Socket socket = rawSocket(server);
      socket.getOutputStream().write(garbage.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      assertThat(nextEnd().getMessage())
          .containsAnyOf("record of 1195725856 bytes", "a record that is not an RPC message");
    }
    assertThat(echo(client, "still here")).isEqualTo("still here");
  }

  @Test
  void replyWithoutACallIsIgnored() throws Exception {
    RpcServer server = serve(RpcLimits.DEFAULT);
    Socket socket = rawSocket(server);
    XdrWriter out = new XdrWriter();
    for (int word : new int[] {77, RpcHeader.REPLY, RpcHeader.MSG_ACCEPTED, 0, 0, 0}) {
      out.writeInt(word);
    }
    socket.getOutputStream().write(ByteBuffer.allocate(4).putInt(0x8000_0018).array());
    socket.getOutputStream().write(out.toByteArray());
    socket.getOutputStream().write(rawCall(5, Echo.request(Echo.ECHO, "hi")));
    assertThat(replyText(new DataInputStream(socket.getInputStream()), 5)).isEqualTo("hi");
    assertThat(server.connections().getFirst().repliesUnmatched()).isEqualTo(1);
  }

  private static String replyText(DataInputStream in, int xid) throws Exception {
    byte[] record = new byte[in.readInt() & Integer.MAX_VALUE];
    in.readFully(record);
    XdrReader reader = new XdrReader(Opaque.of(record));
    assertThat(reader.readInt()).isEqualTo(xid);
    for (int expected : new int[] {1, 0, 0, 0, 0}) {
      assertThat(reader.readInt()).isEqualTo(expected);
    }
    return Echo.read(reader).utf8();
  }

  @Test
  void callInManySmallSegmentsIsOneCall() throws Exception {
    Socket socket = rawSocket(serve(RpcLimits.DEFAULT));
    socket.setTcpNoDelay(true);
    byte[] call = rawCall(9, Echo.request(Echo.ECHO, "byte by byte"));
    for (byte piece : call) {
      socket.getOutputStream().write(piece);
    }
    assertThat(replyText(new DataInputStream(socket.getInputStream()), 9))
        .isEqualTo("byte by byte");
  }

  @Test
  void incompleteRecordTimesOutAndAnIdleConnectionStaysOpen() throws Exception {
    RpcServer server = serve(RpcLimits.DEFAULT.toBuilder().stream(IMPATIENT).build());
    Socket idle = rawSocket(server);
    Socket half = rawSocket(server);
    byte[] call = rawCall(9, Echo.request(Echo.ECHO, "x"));
    half.getOutputStream().write(call, 0, call.length - 1);
    assertThat(half.getInputStream().read()).isEqualTo(-1);
    assertThat(nextEnd()).hasMessage("record not complete after PT0.3S");
    idle.getOutputStream().write(call);
    assertThat(replyText(new DataInputStream(idle.getInputStream()), 9)).isEqualTo("x");
  }

  @Test
  void connectionOfAClientThatStopsReadingIsClosed() throws Exception {
    RpcLimits limits =
        RpcLimits.DEFAULT.toBuilder().stream(
                StreamLimits.DEFAULT.toBuilder()
                    .partialRecordTimeMax(Duration.ofSeconds(60))
                    .sendStallTimeMax(Duration.ofMillis(900))
                    .build())
            .replyBytesQueuedMax(4 << 20)
            .build();
    RpcServer server = serve(limits);
    RpcConnection other = connect(server);
    Socket socket = rawSocket(server);
    socket.setReceiveBufferSize(64 << 10);
    byte[] call =
        rawCall(
            1, RpcRequest.of(Echo.PROGRAM, Echo.VERSION, Bulk.BIG, Credential.none(), out -> {}));
    for (int i = 0; i < 100; i++) {
      socket.getOutputStream().write(call);
    }
    assertThat(echo(other, "still served")).isEqualTo("still served");
    assertThat(nextEnd()).hasMessage("the peer read nothing for 900 ms");
    // The capacity of the queue and of the kernel's buffers.
    assertThat(files.taken.get()).isLessThan(40);
    assertThat(echo(other, "afterwards")).isEqualTo("afterwards");
  }

  @Test
  void clientThatReadsLateReceivesAllReplies() throws Exception {
    RpcServer server = serve(RpcLimits.DEFAULT.toBuilder().replyBytesQueuedMax(2 << 20).build());
    Socket socket = rawSocket(server);
    byte[] call =
        rawCall(
            1, RpcRequest.of(Echo.PROGRAM, Echo.VERSION, Bulk.BIG, Credential.none(), out -> {}));
    for (int i = 0; i < 50; i++) {
      socket.getOutputStream().write(call);
    }
    DataInputStream in = new DataInputStream(socket.getInputStream());
    for (int i = 0; i < 50; i++) {
      assertThat(in.readInt()).isEqualTo(0x8000_0000 | 24 + 4 + (1 << 20));
      in.skipNBytes(24 + 4 + (1 << 20));
    }
    assertThat(files.taken).hasValue(50);
  }

  @Test
  void thousandIdleConnectionsHoldNoBuffers() throws Exception {
    RpcServer server = serve(RpcLimits.DEFAULT);
    RpcConnection client = connect(server);
    byte[] call = rawCall(9, Echo.request(Echo.ECHO, "x"));
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      Socket socket = rawSocket(server);
      socket.getOutputStream().write(call);
      sockets.add(socket);
    }
    for (Socket socket : sockets) {
      assertThat(replyText(new DataInputStream(socket.getInputStream()), 9)).isEqualTo("x");
    }
    assertThat(server.connections()).hasSize(1001);
    // One chunk per connection would be 32 MiB.
    assertThat(TcpProbes.directBytes()).isLessThan(16 << 20);
    assertThat(echo(client, "among many")).isEqualTo("among many");
    for (Socket socket : sockets) {
      socket.close();
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(nextEnd()).hasMessageStartingWith("connection closed by the peer");
    }
  }

  @Test
  void largeRecordsAboveTheMemoryLimitWaitForEachOther() throws Exception {
    // 8 MiB hold seven records of 1 MiB; sixteen connections send one each at the same time.
    RpcServer server = serve(RpcLimits.DEFAULT);
    byte[] data = new byte[1 << 20];
    byte[] call =
        rawCall(
            3,
            RpcRequest.of(
                Echo.PROGRAM,
                Echo.VERSION,
                Bulk.WRITE,
                Credential.none(),
                out -> out.writePayload(BufferPayload.of(data), 1 << 24)));
    CountDownLatch done = new CountDownLatch(16);
    for (int i = 0; i < 16; i++) {
      Socket socket = rawSocket(server);
      Thread.ofPlatform().start(() -> TcpProbes.sendAndAwaitReply(socket, call, done));
    }
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shutdownRepliesToThePendingCalls() throws Exception {
    RpcServer server = serve(RpcLimits.DEFAULT);
    RpcConnection client = connect(server);
    assertThat(echo(client, "up")).isEqualTo("up");
    CompletableFuture<RpcReply> call = client.call(Echo.request(Echo.LATER, "last"));
    echo(client, "LATER has arrived");
    CompletableFuture<Void> down = server.shutdown(Duration.ofSeconds(20));
    assertThatThrownBy(() -> down.get(50, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    files.echo.answer(false);
    assertThat(Echo.text(get(call))).isEqualTo("last");
    down.get(10, TimeUnit.SECONDS);
    assertThat(server.connections()).isEmpty();
    assertThatThrownBy(() -> connect(server)).isInstanceOf(ExecutionException.class);
  }
}
