package io.ferrynfs.client.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.backchannel.CallbackHandler;
import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.CallFailures;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.client.session.SessionOptions;
import io.ferrynfs.client.testing.ScriptedServer;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Commit4Resok;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.Getfh4Res;
import io.ferrynfs.wire.nfs4.Getfh4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Open4Resok;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.Write4Args;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.nfs4.Write4Resok;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A writer, and a server that loses uncommitted data when it restarts. */
class WriteBehindTest {

  private static final Duration MINUTES = Duration.ofMinutes(10);
  private static final int CHUNK = 4096;
  private static final int UNCOMMITTED_MAX = 8 * CHUNK;
  private static final Opaque STATE = Opaque.of(new byte[12]);

  private final Simulation world = new Simulation(5);
  private final ScriptedServer server;
  private final RemoteOpenFile file;
  private final StreamBuffers buffers = new StreamBuffers(CHUNK);

  private byte[] disk = new byte[0];
  private byte[] memory = new byte[0];
  private int restarts;
  private int writes;
  private int commits;
  private int writesUntilRestart = Integer.MAX_VALUE;
  private int bytesPerWriteMax = Integer.MAX_VALUE;
  private boolean restartBeforeEachCommit;
  private Nfsstat4 writeStatus = Nfsstat4.NFS4_OK;

  WriteBehindTest() throws Exception {
    server = new ScriptedServer(world.host("server"));
    server.script = this::answer;
    ServerSession session =
        world.await(
            ServerSession.open(
                world.host("client"),
                SessionOptions.builder(
                        InetSocketAddress.createUnresolved("server", ScriptedServer.PORT),
                        Credential.none(),
                        Opaque.ofUtf8("owner"))
                    .slotsMax(8)
                    .transferBytesMax(1 << 16)
                    .build(),
                new NoCallbacks()),
            MINUTES);
    RemoteFiles files =
        world.await(
            RemoteFiles.of(
                session, new TransferSizes(CHUNK, CHUNK, 4, UNCOMMITTED_MAX), byte[]::new),
            MINUTES);
    file =
        world.await(
            files.open(
                List.of(Opaque.ofUtf8("file")),
                new RemoteFiles.How(
                    Nfs4.OPEN4_SHARE_ACCESS_WRITE, RemoteFiles.How.Create.IF_MISSING, true, 0644)),
            MINUTES);
  }

  private static final class NoCallbacks implements CallbackHandler {
    @Override
    public Nfsstat4 recall(CbRecall4Args args) {
      return Nfsstat4.NFS4_OK;
    }

    @Override
    public Nfsstat4 offload(CbOffload4Args args, Executor afterReply) {
      return Nfsstat4.NFS4_OK;
    }
  }

  private @Nullable NfsResop4 answer(NfsArgop4 operation) {
    return switch (operation) {
      case NfsArgop4.Open _ ->
          new NfsResop4.Open(
              new Open4Res.Ok(
                  new Open4Resok(
                      new Stateid4(1, STATE),
                      new ChangeInfo4(true, 1, 2),
                      0,
                      Bitmap4.EMPTY,
                      new OpenDelegation4.None())));
      case NfsArgop4.Getfh _ ->
          new NfsResop4.Getfh(new Getfh4Res.Ok(new Getfh4Resok(new NfsFh4(Opaque.ofUtf8("fh")))));
      case NfsArgop4.Getattr _ ->
          new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(AttrValues.EMPTY.encode())));
      case NfsArgop4.Write(var args) -> write(args);
      case NfsArgop4.Commit _ -> commit();
      default -> null;
    };
  }

  private NfsResop4 write(Write4Args args) {
    writes++;
    if (writeStatus != Nfsstat4.NFS4_OK) {
      return new NfsResop4.Write(new Write4Res.Failed(writeStatus));
    }
    if (writesUntilRestart-- == 0) {
      restart();
    }
    int count = Math.min(args.data().length(), bytesPerWriteMax);
    int offset = (int) args.offset();
    memory = Arrays.copyOf(memory, Math.max(memory.length, offset + count));
    args.data().bytes().get(memory, offset, count);
    boolean stable = args.stable() == StableHow4.FILE_SYNC4;
    if (stable) {
      disk = memory.clone();
    }
    return new NfsResop4.Write(
        new Write4Res.Ok(
            new Write4Resok(
                count, stable ? StableHow4.FILE_SYNC4 : StableHow4.UNSTABLE4, verifier())));
  }

  private NfsResop4 commit() {
    commits++;
    if (restartBeforeEachCommit) {
      restart();
    }
    disk = memory.clone();
    return new NfsResop4.Commit(new Commit4Res.Ok(new Commit4Resok(verifier())));
  }

  private Verifier4 verifier() {
    return new Verifier4(Opaque.of(ByteBuffer.allocate(8).putInt(restarts).array()));
  }

  private void restart() {
    restarts++;
    memory = disk.clone();
  }

  private static byte[] data(int length) {
    byte[] data = new byte[length];
    new Random(1).nextBytes(data);
    return data;
  }

  /** Writes as the output stream does: a buffer whenever there is room. */
  private void writeAll(byte[] data) throws ExecutionException {
    WriteBehind behind = new WriteBehind(file, buffers, 0);
    int done = 0;
    ByteBuffer buffer = behind.buffer();
    while (done < data.length) {
      int count = Math.min(buffer.remaining(), data.length - done);
      buffer.put(data, done, count);
      done += count;
      if (!buffer.hasRemaining()) {
        behind.write(buffer.flip());
        world.await(behind.room(), MINUTES);
        buffer = behind.buffer();
      }
    }
    world.await(behind.finish(buffer.flip()), MINUTES);
  }

  @Test
  void finishedFileIsOnDisk() throws ExecutionException {
    byte[] data = data(20 * CHUNK + 17);
    writeAll(data);
    assertThat(disk).isEqualTo(data);
    assertThat(commits).isGreaterThan(1);
  }

  @Test
  void fileOfOneWriteNeedsNoCommit() throws ExecutionException {
    byte[] data = data(100);
    writeAll(data);
    assertThat(disk).isEqualTo(data);
    assertThat(writes).isEqualTo(1);
    assertThat(commits).isZero();
  }

  @Test
  void shortWriteIsContinued() throws ExecutionException {
    bytesPerWriteMax = 1000;
    byte[] data = data(9 * CHUNK + 1);
    writeAll(data);
    assertThat(disk).isEqualTo(data);
  }

  @Test // D-003
  void dataLostByARestartIsWrittenAgain() throws ExecutionException {
    byte[] data = data(30 * CHUNK + 5);
    for (int at = 0; at < 31; at++) {
      disk = new byte[0];
      memory = new byte[0];
      writesUntilRestart = at;
      writeAll(data);
      assertThat(disk).as("restart before write %s", at).isEqualTo(data);
    }
    assertThat(restarts).isEqualTo(31);
  }

  @Test
  void shortWriteAcrossARestartIsWrittenAgain() throws ExecutionException {
    bytesPerWriteMax = 1500;
    byte[] data = data(6 * CHUNK);
    for (int at = 0; at < 18; at++) {
      disk = new byte[0];
      memory = new byte[0];
      writesUntilRestart = at;
      writeAll(data);
      assertThat(disk).as("restart before write %s", at).isEqualTo(data);
    }
  }

  @Test
  void serverThatKeepsRestartingFailsTheWrite() {
    restartBeforeEachCommit = true;
    assertThat(failureOf(data(3 * CHUNK)).kind()).isEqualTo(CallException.Kind.DATA_LOST);
  }

  @Test
  void failedWriteFailsFinish() {
    writeStatus = Nfsstat4.NFS4ERR_NOSPC;
    assertThat(failureOf(data(3 * CHUNK)).status()).isEqualTo(Nfsstat4.NFS4ERR_NOSPC);
  }

  private CallException failureOf(byte[] data) {
    try {
      writeAll(data);
    } catch (ExecutionException failed) {
      return CallFailures.call(failed);
    }
    throw new AssertionError("did not fail");
  }

  @Test
  void writeLostBeforeItsSyncIsReported() throws ExecutionException {
    byte[] data = data(100);
    world.await(ChunkedIo.write(file, ByteBuffer.wrap(data), 0), MINUTES);
    restart();
    CompletableFuture<Void> sync = file.sync();
    world.runUntil(sync::isDone, MINUTES);
    assertThat(sync).isCompletedExceptionally();
    assertThat(CallFailures.call(sync.exceptionNow()).kind())
        .isEqualTo(CallException.Kind.DATA_LOST);
    world.await(ChunkedIo.write(file, ByteBuffer.wrap(data), 0), MINUTES);
    world.await(file.sync(), MINUTES);
    assertThat(disk).isEqualTo(data);
  }

  @Test
  void uncommittedBytesAreLimited() throws ExecutionException {
    WriteBehind behind = new WriteBehind(file, buffers, 0);
    server.hold = true;
    ByteArrayOutputStream given = new ByteArrayOutputStream();
    while (behind.room().isDone()) {
      ByteBuffer buffer = behind.buffer();
      byte[] bytes = data(buffer.remaining());
      given.writeBytes(bytes);
      behind.write(buffer.put(bytes).flip());
    }
    assertThat(given.size()).isLessThanOrEqualTo(UNCOMMITTED_MAX);
    server.hold = false;
    world.runUntil(() -> !server.held.isEmpty(), MINUTES);
    world.run(Duration.ofSeconds(1));
    List.copyOf(server.held).forEach(Runnable::run);
    world.await(behind.finish(null), MINUTES);
    assertThat(disk).isEqualTo(given.toByteArray());
  }
}
