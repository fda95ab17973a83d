package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CopiesEndToEndTest {

  private static final byte[] DATA = World.random(1_000_003);

  private final World world = new World(21);
  private final NfsClient one;
  private final NfsClient two;

  CopiesEndToEndTest() throws Exception {
    world.serve("one");
    world.serve("two");
    one = world.connect("one");
    two = world.connect("two");
  }

  private static NfsPath path(String text) {
    return NfsPath.of(text);
  }

  private CopyResult copy(NfsClient to, String source, String destination, NfsCopyOptions options)
      throws NfsException {
    return world.await(one.startCopy(path(source), to, path(destination), options).completion());
  }

  private NfsException failureOf(CompletableFuture<?> future) {
    try {
      world.await(future);
    } catch (NfsException failed) {
      return failed;
    }
    throw new AssertionError("did not fail");
  }

  // F-001, C-031, K-028
  @Test
  void copyWithinAServerStaysOnTheServer() throws NfsException {
    world.write(one, "/a", DATA);
    CopyResult result = copy(one, "/a", "/b", NfsCopyOptions.defaults());
    assertThat(result.bytes()).isEqualTo(DATA.length);
    assertThat(result.stayedOnServer()).as(result.toString()).isTrue();
    assertThat(world.read(one, "/b")).isEqualTo(DATA);
  }

  @Test
  void twoConnectionsToOneServerAreRecognizedAsOneServer() throws NfsException {
    NfsClient other = world.connect("one");
    world.write(one, "/a", DATA);
    assertThat(copy(other, "/a", "/b", NfsCopyOptions.defaults()).stayedOnServer()).isTrue();
    assertThat(other.server().sameServer(one.server())).isTrue();
    assertThat(two.server().sameServer(one.server())).isFalse();
  }

  // B42
  @Test
  void copyToAnNfs41ServerPassesThroughTheClientAndTheResultSaysWhy() throws NfsException {
    world.write(one, "/a", DATA);
    AtomicLong seen = new AtomicLong();
    NfsClient old = world.connect("two", 1);
    CopyResult result = copy(old, "/a", "/b", NfsCopyOptions.builder().progress(seen::set).build());
    assertThat(result)
        .isEqualTo(
            new CopyResult(
                DATA.length,
                CopyResult.How.STREAMED,
                "the destination's server speaks NFSv4.1, which has no COPY"));
    assertThat(seen).hasValue(DATA.length);
    assertThat(world.read(two, "/b")).isEqualTo(DATA);
  }

  @Test
  void sparseFileStaysSparseOnEveryPath() throws NfsException {
    NfsFile file = world.await(one.openAsync(path("/sparse"), NfsOpenOptions.forReplacing(0644)));
    long size = 64L << 20;
    world.await(file.writeAsync(ByteBuffer.wrap(DATA, 0, 5000), 10L << 20));
    world.await(file.writeAsync(ByteBuffer.wrap(DATA, 0, 5000), 30L << 20));
    world.await(
        file.setAttributesAsync(io.ferrynfs.client.NfsAttributeChanges.none().withSize(size)));
    world.await(file.closeAsync());
    byte[] source = world.read(one, "/sparse");
    NfsCopyOptions stream = NfsCopyOptions.builder().forceStream(true).build();
    for (CopyResult result :
        new CopyResult[] {
          copy(one, "/sparse", "/b", NfsCopyOptions.defaults()), copy(one, "/sparse", "/c", stream)
        }) {
      assertThat(result.bytes()).isEqualTo(size);
    }
    assertThat(copy(two, "/sparse", "/b", stream).bytes()).isEqualTo(size);
    for (String name : new String[] {"/b", "/c"}) {
      assertThat(world.read(one, name)).isEqualTo(source);
      assertThat(world.await(one.attributesAsync(path(name))).usedBytes()).isLessThan(1 << 20);
    }
    assertThat(world.read(two, "/b")).isEqualTo(source);
    assertThat(world.await(two.attributesAsync(path("/b"))).usedBytes()).isLessThan(1 << 20);
  }

  @Test
  void copyOfAFileOntoItselfIsInvalid() throws NfsException {
    world.write(one, "/a", DATA);
    world.await(one.linkAsync(path("/a"), path("/same")));
    NfsException failure =
        failureOf(
            one.startCopy(path("/a"), one, path("/same"), NfsCopyOptions.defaults()).completion());
    assertThat(failure.reason()).isEqualTo(NfsException.Reason.INVALID);
    assertThat(world.read(one, "/a")).isEqualTo(DATA);
  }

  @Test
  void copyThatRequiresOffloadFailsWithoutIt() throws NfsException {
    world.write(one, "/a", DATA);
    NfsException failure =
        failureOf(
            one.startCopy(
                    path("/a"),
                    world.connect("two", 1),
                    path("/b"),
                    NfsCopyOptions.builder().requireOffload(true).build())
                .completion());
    assertThat(failure.reason()).isEqualTo(NfsException.Reason.UNSUPPORTED);
    assertThat(failure).hasMessageContaining("which has no COPY");
  }

  @Test
  void copyWithoutReplaceKeepsAnExistingDestination() throws NfsException {
    world.write(one, "/a", DATA);
    world.write(one, "/b", new byte[] {1});
    NfsCopyOptions keep = NfsCopyOptions.builder().replace(false).build();
    assertThat(failureOf(one.startCopy(path("/a"), one, path("/b"), keep).completion()).reason())
        .isEqualTo(NfsException.Reason.EXISTS);
    assertThat(world.read(one, "/b")).containsExactly(1);
    world.write(one, "/b", World.random(2_000_000));
    copy(one, "/a", "/b", NfsCopyOptions.defaults());
    assertThat(world.read(one, "/b")).isEqualTo(DATA);
  }

  @Test
  void emptyFileIsCopied() throws NfsException {
    world.write(one, "/a", new byte[0]);
    assertThat(copy(two, "/a", "/b", NfsCopyOptions.defaults()).bytes()).isZero();
    assertThat(world.read(two, "/b")).isEmpty();
  }

  @Test
  void rangeIsCopiedIntoTheMiddleOfAnotherFile() throws NfsException {
    world.write(one, "/a", DATA);
    byte[] expected = World.random(300_000);
    world.write(one, "/b", expected);
    NfsFile from = world.await(one.openAsync(path("/a"), NfsOpenOptions.forReading()));
    NfsFile to = world.await(one.openAsync(path("/b"), NfsOpenOptions.forWriting()));
    CopyResult result =
        world.await(from.copyTo(777, to, 100_001, 50_000, NfsCopyOptions.defaults()).completion());
    assertThat(result.bytes()).isEqualTo(50_000);
    System.arraycopy(DATA, 777, expected, 100_001, 50_000);
    assertThat(world.read(one, "/b")).isEqualTo(expected);
  }

  @Test
  void cancelledCopyEndsAtOnceAndLeavesNoFileOpen() throws NfsException {
    world.write(one, "/a", DATA);
    CopyHandle handle = one.startCopy(path("/a"), two, path("/b"), NfsCopyOptions.defaults());
    world.simulation.runUntil(() -> handle.bytesSoFar() > 0, World.LONG);
    handle.cancel();
    assertThat(handle.completion()).isCompletedExceptionally();
    assertThat(failureOf(handle.completion()).reason()).isEqualTo(NfsException.Reason.CANCELLED);
    world.await(one.closeAsync());
    world.await(two.closeAsync());
  }

  @Test
  void copyDuringARestartOfTheDestinationEndsEqualOrWithAnError() throws Exception {
    for (int at = 1; at < 25; at++) {
      World fresh = new World(at);
      fresh.serve("one");
      fresh.serve("two");
      NfsClient from = fresh.connect("one");
      NfsClient to = fresh.connect("two");
      fresh.write(from, "/a", DATA);
      CopyHandle handle = from.startCopy(path("/a"), to, path("/b"), NfsCopyOptions.defaults());
      fresh.simulation.run(Duration.ofNanos(100_000L * at));
      fresh.restart("two");
      try {
        fresh.await(handle.completion());
        assertThat(fresh.read(to, "/b")).as("restart at %s", at).isEqualTo(DATA);
      } catch (NfsException failed) {
        assertThat(failed).hasMessageContaining("cannot");
      }
    }
  }
}
