package io.ferrynfs.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.client.NfsAttributeChanges;
import io.ferrynfs.client.NfsAttributes;
import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsDirectoryEntry;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsFileType;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FilesEndToEndTest {

  private final World world = new World(11);
  private final NfsClient client;

  FilesEndToEndTest() throws Exception {
    world.serve("server");
    client = world.connect("server");
  }

  private static NfsPath path(String text) {
    return NfsPath.of(text);
  }

  private NfsException.Reason reasonOf(CompletableFuture<?> future) {
    try {
      world.await(future);
    } catch (NfsException failed) {
      return failed.reason();
    }
    throw new AssertionError("did not fail");
  }

  @Test
  void writtenDataIsReadBack() throws NfsException {
    for (int bytes : List.of(0, 1, 65_536, 65_537, 3_000_001)) {
      byte[] data = World.random(bytes);
      world.write(client, "/file", data);
      assertThat(world.read(client, "/file")).isEqualTo(data);
    }
  }

  @Test
  void readAcrossTheEndIsShortAndBeyondItReturnsMinusOne() throws NfsException {
    world.write(client, "/file", World.random(100_000));
    NfsFile file = world.await(client.openAsync(path("/file"), NfsOpenOptions.forReading()));
    assertThat(world.await(file.readAsync(ByteBuffer.allocate(500_000), 50_000))).isEqualTo(50_000);
    assertThat(world.await(file.readAsync(ByteBuffer.allocate(10), 100_000))).isEqualTo(-1);
    assertThat(world.await(file.readAsync(ByteBuffer.allocate(10), 900_000))).isEqualTo(-1);
    world.await(file.closeAsync());
    assertThat(reasonOf(file.readAsync(ByteBuffer.allocate(10), 0)))
        .isEqualTo(NfsException.Reason.CLOSED);
  }

  @Test
  void directoryTreeIsCreatedListedAndRemoved() throws NfsException {
    world.await(client.mkdirAsync(path("/d"), 0750));
    world.write(client, "/d/f", World.random(10));
    world.await(client.symlinkAsync(path("/d/s"), "f".getBytes(UTF_8)));
    world.await(client.linkAsync(path("/d/f"), path("/d/h")));
    world.await(client.mknodAsync(path("/d/p"), NfsFileType.FIFO, 0600, 0, 0));
    List<NfsDirectoryEntry> entries = world.await(client.listAsync(path("/d")));
    assertThat(entries)
        .extracting(entry -> entry.name() + " " + entry.attributes().type())
        .containsExactlyInAnyOrder("f REGULAR", "h REGULAR", "p FIFO", "s SYMLINK");
    assertThat(world.await(client.attributesAsync(path("/d/f"))).links()).isEqualTo(2);
    assertThat(world.await(client.readlinkAsync(path("/d/s")))).asString().isEqualTo("f");
    assertThat(reasonOf(client.removeAsync(path("/d")))).isEqualTo(NfsException.Reason.NOT_EMPTY);
    for (NfsDirectoryEntry entry : entries) {
      world.await(client.removeAsync(entry.path()));
    }
    world.await(client.renameAsync(path("/d"), path("/e")));
    world.await(client.removeAsync(path("/e")));
    assertThat(reasonOf(client.attributesAsync(path("/e"))))
        .isEqualTo(NfsException.Reason.NOT_FOUND);
  }

  @Test
  void directoryOfManyPagesIsListedOnce() throws NfsException {
    List<CompletableFuture<NfsAttributes>> made = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      made.add(client.mkdirAsync(path("/entry-with-a-longer-name-" + i), 0755));
    }
    for (CompletableFuture<NfsAttributes> each : made) {
      world.await(each);
    }
    List<NfsDirectoryEntry> entries = world.await(client.listAsync(NfsPath.ROOT));
    assertThat(entries).hasSize(3000).extracting(NfsDirectoryEntry::name).doesNotHaveDuplicates();
  }

  @Test
  void attributesAreSet() throws NfsException {
    world.write(client, "/file", World.random(10));
    Instant time = Instant.ofEpochSecond(1_234_567_890, 123_456_789);
    NfsAttributes set =
        world.await(
            client.setAttributesAsync(
                path("/file"),
                NfsAttributeChanges.none()
                    .withMode(0604)
                    .withOwner("1001")
                    .withGroup("1002")
                    .withSize(5)
                    .withModifyTime(time)));
    assertThat(set.mode()).isEqualTo(0604);
    assertThat(set.ownerId()).hasValue(1001);
    assertThat(set.groupId()).hasValue(1002);
    assertThat(set.sizeBytes()).isEqualTo(5);
    assertThat(set.modifyTime()).isEqualTo(time);
  }

  @Test
  void pathDeeperThanACompoundIsWalkedInSteps() throws NfsException {
    StringBuilder deep = new StringBuilder();
    for (int i = 0; i < 150; i++) {
      deep.append("/d").append(i);
      world.await(client.mkdirAsync(path(deep.toString()), 0755));
    }
    world.write(client, deep + "/file", World.random(10));
    assertThat(world.read(client, deep + "/file")).isEqualTo(World.random(10));
    world.await(client.renameAsync(path(deep + "/file"), path(deep + "/renamed")));
    world.await(client.linkAsync(path(deep + "/renamed"), path("/top")));
    assertThat(world.read(client, "/top")).isEqualTo(World.random(10));
  }

  @Test
  void exclusiveCreateFailsForAnExistingName() throws NfsException {
    NfsFile file = world.await(client.openAsync(path("/file"), NfsOpenOptions.forNew(0640)));
    assertThat(world.await(file.attributesAsync()).mode()).isEqualTo(0640);
    world.await(file.closeAsync());
    assertThat(reasonOf(client.openAsync(path("/file"), NfsOpenOptions.forNew(0640))))
        .isEqualTo(NfsException.Reason.EXISTS);
    assertThat(reasonOf(client.mkdirAsync(path("/file"), 0755)))
        .isEqualTo(NfsException.Reason.EXISTS);
  }

  @Test
  void errorMessageNamesTheOperationTheFileAndTheCause() {
    assertThatThrownBy(
            () -> world.await(client.openAsync(path("/a/b"), NfsOpenOptions.forReading())))
        .isInstanceOf(NfsException.class)
        .hasMessageContaining("cannot open nfs://server/a/b: no such file or directory");
  }

  @Test
  void closedClientFailsCallsWithClosed() throws NfsException {
    world.await(client.openAsync(path("/file"), NfsOpenOptions.forReplacing(0644)));
    world.await(client.closeAsync());
    assertThat(reasonOf(client.attributesAsync(NfsPath.ROOT)))
        .isEqualTo(NfsException.Reason.CLOSED);
  }
}
