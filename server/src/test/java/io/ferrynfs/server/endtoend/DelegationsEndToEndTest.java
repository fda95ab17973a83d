package io.ferrynfs.server.endtoend;

import static io.ferrynfs.server.endtoend.RestartWorld.LEASE;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsAttributeChanges;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Delegations between Ferry's client and server: RFC 8881 section 10.4. */
class DelegationsEndToEndTest {
  private static final NfsPath FILE = NfsPath.of("/file");
  private static final byte[] CONTENT = World.random(100_000);

  private final RestartWorld world = new RestartWorld(31);
  private final NfsClient reader;
  private final NfsClient writer;

  DelegationsEndToEndTest() throws ExecutionException {
    reader = world.connect("reader");
    writer = world.connect("writer");
    world.await(world.make(writer, "/file", CONTENT).closeAsync());
  }

  private NfsFile opened(NfsClient client) throws ExecutionException {
    return world.await(client.openAsync(FILE, NfsOpenOptions.forReading()));
  }

  private long size(NfsFile file) throws ExecutionException {
    return world.await(file.attributesAsync()).sizeBytes();
  }

  private void pass(Duration time) throws ExecutionException {
    CompletableFuture<Void> passed = new CompletableFuture<>();
    world.later(time, () -> passed.complete(null));
    world.await(passed);
  }

  private long callCount(NfsOpnum4 operation) {
    return world.operationCount(operation).calls();
  }

  private void append(NfsClient client, int bytes) throws ExecutionException {
    NfsFile file = world.await(client.openAsync(FILE, NfsOpenOptions.forWriting()));
    world.await(file.writeAsync(ByteBuffer.wrap(World.random(bytes)), CONTENT.length));
    world.await(file.closeAsync());
  }

  @Test
  void attributesOfADelegatedFileAreCached() throws ExecutionException {
    NfsFile file = opened(reader);
    assertThat(world.server().stateidCount()).isEqualTo(2);
    long callsBefore = callCount(NfsOpnum4.OP_GETATTR);
    assertThat(size(file)).isEqualTo(CONTENT.length);
    assertThat(size(file)).isEqualTo(CONTENT.length);
    assertThat(callCount(NfsOpnum4.OP_GETATTR)).isEqualTo(callsBefore);
    pass(LEASE.dividedBy(4));
    assertThat(size(file)).isEqualTo(CONTENT.length);
    assertThat(callCount(NfsOpnum4.OP_GETATTR)).isEqualTo(callsBefore + 1);
  }

  @Test
  void closeReturnsTheDelegationInTheSameCall() throws ExecutionException {
    NfsFile file = opened(reader);
    long calls = callCount(NfsOpnum4.OP_PUTFH);
    world.await(file.closeAsync());
    assertThat(callCount(NfsOpnum4.OP_PUTFH)).isEqualTo(calls + 1);
    assertThat(callCount(NfsOpnum4.OP_DELEGRETURN)).isEqualTo(1);
    assertThat(world.server().stateidCount()).isZero();
  }

  @Test
  void writeOfAnotherClientIsVisibleAtOnce() throws ExecutionException {
    NfsFile file = opened(reader);
    assertThat(size(file)).isEqualTo(CONTENT.length);
    append(writer, 10);
    assertThat(callCount(NfsOpnum4.OP_DELEGRETURN)).isEqualTo(1);
    assertThat(size(file)).isEqualTo(CONTENT.length + 10);
    assertThat(world.read(file)).hasSize(CONTENT.length + 10);
    world.await(file.closeAsync());
    assertThat(world.server().stateidCount()).isZero();
  }

  @Test
  void writeOfTheSameClientIsVisibleAtOnce() throws ExecutionException {
    NfsFile file = opened(reader);
    append(reader, 10);
    assertThat(size(file)).isEqualTo(CONTENT.length + 10);
    append(reader, 20);
    assertThat(size(file)).isEqualTo(CONTENT.length + 20);
  }

  @Test
  void changeByNameOfTheSameClientIsVisibleAtOnce() throws ExecutionException {
    NfsFile file = opened(reader);
    NfsAttributeChanges shorter = NfsAttributeChanges.none().withSize(7);
    world.await(reader.setAttributesAsync(FILE, shorter));
    assertThat(size(file)).isEqualTo(7);
    world.await(reader.linkAsync(FILE, NfsPath.of("/second")));
    assertThat(world.await(file.attributesAsync()).links()).isEqualTo(2);
  }

  @Test
  void delegationIsReclaimedWithItsOpenAfterARestart() throws ExecutionException {
    NfsFile file = opened(reader);
    world.killIn(Duration.ofSeconds(1), Duration.ofSeconds(1));
    pass(LEASE.multipliedBy(3));
    assertThat(size(file)).isEqualTo(CONTENT.length);
    assertThat(world.server().stateidCount()).isEqualTo(2);
    append(writer, 10);
    assertThat(callCount(NfsOpnum4.OP_DELEGRETURN)).isEqualTo(1);
    assertThat(size(file)).isEqualTo(CONTENT.length + 10);
  }

  @Test
  void closeOfAClientReturnsAllDelegations() throws ExecutionException {
    for (int i = 0; i < 3; i++) {
      opened(reader);
    }
    assertThat(world.server().stateidCount()).isEqualTo(4);
    world.await(reader.closeAsync());
    assertThat(world.server().stateidCount()).isZero();
  }

  @Test
  void copyWantsNoDelegation() throws ExecutionException { // T-017
    world.await(
        reader
            .startCopy(FILE, reader, NfsPath.of("/copy"), NfsCopyOptions.defaults())
            .completion());
    assertThat(callCount(NfsOpnum4.OP_DELEGRETURN)).isZero();
    assertThat(world.server().stateidCount()).isZero();
  }
}
