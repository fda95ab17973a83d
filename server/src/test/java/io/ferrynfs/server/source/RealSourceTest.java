package io.ferrynfs.server.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.backchannel.CallbackHandler;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.client.session.SessionOptions;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A copy between servers over real sockets, on real threads. */
class RealSourceTest {
  private static final int MIB = 1 << 20;

  private final SystemEnv env = new SystemEnv();
  private final MemoryVolume sourceVolume = volume("source");
  private final MemoryVolume targetVolume = volume("target");
  private final NfsServer source = serve(sourceVolume);
  private final NfsServer destination = serve(targetVolume);
  private final CompletableFuture<CbOffload4Args> callback = new CompletableFuture<>();

  private static MemoryVolume volume(String name) {
    return MemoryVolume.builder(name, InstantSource.system()).build();
  }

  private NfsServer serve(MemoryVolume volume) {
    try {
      return NfsServer.builder(env)
          .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
          .export("/", volume)
          .start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    destination.close();
    source.close();
    env.close();
  }

  private ServerSession session(NfsServer server) {
    SessionOptions options =
        SessionOptions.builder(
                server.localAddress(),
                new Credential.Sys(0, Opaque.ofUtf8("test"), 0, 0, List.of()),
                Opaque.ofUtf8("client of " + server.localAddress()))
            .slotsMax(16)
            .transferBytesMax(MIB)
            .connectTimeout(Duration.ofSeconds(20))
            .progressTimeout(Duration.ofSeconds(20))
            .build();
    return ServerSession.open(env, options, new Callbacks()).join();
  }

  private final class Callbacks implements CallbackHandler {
    @Override
    public Nfsstat4 recall(CbRecall4Args args) {
      return Nfsstat4.NFS4ERR_BAD_STATEID;
    }

    @Override
    public Nfsstat4 offload(CbOffload4Args args, Executor afterReply) {
      callback.complete(args);
      return Nfsstat4.NFS4_OK;
    }
  }

  private static List<NfsResop4> run(ServerSession session, NfsArgop4... operations) {
    Results results = session.attempt(Compound.of(operations).build()).join();
    assertThat(results.status()).as(results.toString()).isEqualTo(Nfsstat4.NFS4_OK);
    return results.results();
  }

  private static CopyClient.Open open(ServerSession session, String name) {
    List<NfsResop4> results =
        run(session, Ops.putrootfh(), Ops.open("owner", name, Ops.BOTH, Ops.NONE), Ops.getfh());
    if (results.get(1) instanceof NfsResop4.Open(Open4Res.Ok(var ok))) {
      return new CopyClient.Open(Ops.filehandle(results), ok.stateid());
    }
    throw new AssertionError(results);
  }

  // D1, D3, D6, I-008, I-021, I-028
  @Test
  void largeFileIsCopiedBetweenServersOverRealSockets() throws StorageException {
    byte[] content = ThreeParties.random(48 * MIB + 1);
    try (OpenFile file =
        sourceVolume
            .create(
                Caller.SUPERUSER,
                sourceVolume.root(),
                Name.of("from"),
                CreateMode.unchecked(),
                AttributeChanges.ofMode(0600),
                OpenAccess.WRITE)
            .file()) {
      file.write(ByteBuffer.wrap(content), 0);
    }
    ServerSession atSource = session(source);
    ServerSession atDestination = session(destination);
    CopyClient.Open from = open(atSource, "from");
    NfsResop4 notified =
        run(
                atSource,
                Ops.putfh(from.file()),
                Ops.copyNotify(from.stateid(), CopyEndpoint.location(destination.localAddress())))
            .getLast();
    if (!(notified instanceof NfsResop4.CopyNotify(CopyNotify4Res.Ok(var notice)))) {
      throw new AssertionError(notified);
    }
    CopyClient.Open to = open(atDestination, "to");
    run(atDestination, new ThreeParties.NotifiedFile(from, notice).copy(to, false));
    assertThat(ThreeParties.durable(callback.join().offloadInfo())).isEqualTo(content.length);
    try (OpenFile file =
        targetVolume.open(
            Caller.SUPERUSER,
            targetVolume.lookup(Caller.SUPERUSER, targetVolume.root(), Name.of("to")).handle(),
            OpenAccess.READ)) {
      ByteBuffer copied = ByteBuffer.allocate((int) file.size());
      file.read(copied, 0);
      assertThat(copied.array()).isEqualTo(content);
    }
    assertThat(source.clientCount()).as("the client and the destination").isEqualTo(2);
    atDestination.close().join();
    destination.shutdown(Duration.ofSeconds(10)).join();
    assertThat(source.clientCount()).isEqualTo(1);
    atSource.close().join();
  }
}
