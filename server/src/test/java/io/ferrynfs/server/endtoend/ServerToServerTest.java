package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.CopyHandle;
import io.ferrynfs.client.CopyResult;
import io.ferrynfs.client.NfsAttributeChanges;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsCopyOptions;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.client.NfsTraffic;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Copies from one Ferry server to another on request of Ferry's client. */
class ServerToServerTest {

  private static final byte[] DATA = World.random(3_000_003);

  private static NfsPath path(String text) {
    return NfsPath.of(text);
  }

  private static World world(int seed) throws Exception {
    World world = new World(seed);
    world.serve("one");
    world.serve("two");
    return world;
  }

  // K-001, K-002, I-001, N-013
  @Test
  void dataGoesFromServerToServerAndNotThroughTheClient() throws Exception {
    World world = world(5);
    NfsClient one = world.connect("one");
    NfsClient two = world.connect("two");
    world.write(one, "/a", DATA);
    NfsTraffic before = one.traffic();
    CopyResult result =
        world.await(
            one.startCopy(path("/a"), two, path("/b"), NfsCopyOptions.defaults()).completion());
    assertThat(result.bytes()).isEqualTo(DATA.length);
    assertThat(result.serverToServer()).isTrue();
    assertThat(result.bytesThroughClient()).isZero();
    assertThat(result.sourceChanged()).isFalse();
    assertThat(one.traffic()).isEqualTo(before);
    assertThat(two.traffic()).isEqualTo(new NfsTraffic(0, 0));
    assertThat(world.read(two, "/b")).isEqualTo(DATA);
  }

  // P-008: 4 KiB of data every 8 MiB
  @Test
  void copyOfASparseFileUsesAsManyBlocksAsItsSource() throws Exception {
    World world = world(6);
    NfsClient one = world.connect("one");
    NfsClient two = world.connect("two");
    world.write(one, "/a", new byte[0]);
    NfsFile file = world.await(one.openAsync(path("/a"), NfsOpenOptions.forReadingAndWriting()));
    byte[] block = World.random(4096);
    for (int i = 0; i < 64; i++) {
      world.await(file.writeAsync(ByteBuffer.wrap(block), i * (8L << 20)));
    }
    long size = 512L << 20;
    world.await(file.setAttributesAsync(NfsAttributeChanges.none().withSize(size)));
    world.await(file.closeAsync());
    CopyResult result =
        world.await(
            one.startCopy(path("/a"), two, path("/b"), NfsCopyOptions.defaults()).completion());
    assertThat(result.serverToServer()).isTrue();
    assertThat(result.bytes()).isEqualTo(size);
    NfsFile copy = world.await(two.openAsync(path("/b"), NfsOpenOptions.forReading()));
    var attributes = world.await(copy.attributesAsync());
    assertThat(attributes.sizeBytes()).isEqualTo(size);
    assertThat(attributes.usedBytes()).isEqualTo(64 * 4096);
    ByteBuffer last = ByteBuffer.allocate(4096);
    world.await(copy.readAsync(last, 63 * (8L << 20)));
    assertThat(last.array()).isEqualTo(block);
  }

  // P-008: reserved space uses blocks at the source but is not data
  @Test
  void reservedSpaceIsNotCopied() throws Exception {
    World world = world(7);
    NfsClient one = world.connect("one");
    NfsClient two = world.connect("two");
    world.write(one, "/a", new byte[0]);
    NfsFile file = world.await(one.openAsync(path("/a"), NfsOpenOptions.forReadingAndWriting()));
    world.await(file.allocateAsync(0, 32L << 20));
    world.await(file.writeAsync(ByteBuffer.wrap(World.random(4096)), 8L << 20));
    assertThat(world.await(file.attributesAsync()).usedBytes()).isEqualTo(32L << 20);
    world.await(file.closeAsync());
    CopyResult result =
        world.await(
            one.startCopy(path("/a"), two, path("/b"), NfsCopyOptions.defaults()).completion());
    assertThat(result.serverToServer()).isTrue();
    NfsFile copy = world.await(two.openAsync(path("/b"), NfsOpenOptions.forReading()));
    var attributes = world.await(copy.attributesAsync());
    assertThat(attributes.sizeBytes()).isEqualTo(32L << 20);
    assertThat(attributes.usedBytes()).isEqualTo(4096);
  }

  // C9, C10, K-019, K-021, K-024
  @Test
  void restartOfEitherServerEndsTheCopyEqualOrWithAnError() throws Exception {
    int whole = 0;
    for (String server : new String[] {"one", "two"}) {
      for (int at = 1; at <= 40; at++) {
        World world = world(at);
        NfsClient one = world.connect("one");
        NfsClient two = world.connect("two");
        world.write(one, "/a", DATA);
        CopyHandle handle = one.startCopy(path("/a"), two, path("/b"), NfsCopyOptions.defaults());
        world.simulation.run(Duration.ofNanos(200_000L * at));
        world.restart(server);
        try {
          CopyResult result = world.await(handle.completion());
          assertThat(result.bytes()).as("%s at %s", server, at).isEqualTo(DATA.length);
          assertThat(world.read(two, "/b")).as("%s at %s", server, at).isEqualTo(DATA);
          whole++;
        } catch (NfsException failed) {
          assertThat(failed).as("%s at %s", server, at).hasMessageContaining("cannot");
        }
      }
    }
    assertThat(whole).isGreaterThan(70);
  }
}
