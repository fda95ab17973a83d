package io.ferrynfs.server.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.client.NfsXattrs;
import io.ferrynfs.client.NfsXattrs.Mode;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Extended attributes (RFC 8276) between Ferry's client and server. */
class XattrsEndToEndTest {

  private final World world = new World(17);
  private final NfsClient client;
  private final NfsXattrs xattrs;

  XattrsEndToEndTest() throws Exception {
    world.serve("server");
    client = world.connect("server");
    world.write(client, "/file", World.random(10));
    xattrs = client.xattrs(NfsPath.of("/file"));
  }

  private void set(String name, byte[] value, Mode mode) throws NfsException {
    world.await(xattrs.setAsync(name, value, mode));
  }

  private Reason reasonOf(CompletableFuture<?> future) {
    try {
      world.await(future);
    } catch (NfsException failed) {
      return failed.reason();
    }
    throw new AssertionError("did not fail");
  }

  // RFC 8276 sections 8.4.1, 8.4.2, 8.4.4
  @Test
  void attributeIsCreatedReplacedReadAndRemoved() throws NfsException {
    byte[] blue = "blue".getBytes(UTF_8);
    assertThat(world.await(xattrs.isSupportedAsync())).isTrue();
    assertThat(world.await(xattrs.listAsync())).isEmpty();
    assertThat(reasonOf(xattrs.setAsync("colour", blue, Mode.REPLACE))).isEqualTo(Reason.NO_XATTR);
    set("colour", blue, Mode.CREATE);
    assertThat(reasonOf(xattrs.setAsync("colour", blue, Mode.CREATE))).isEqualTo(Reason.EXISTS);
    set("colour", "rouge".getBytes(UTF_8), Mode.REPLACE);
    set("größe", new byte[0], Mode.EITHER);
    assertThat(world.await(xattrs.getAsync("colour"))).asString(UTF_8).isEqualTo("rouge");
    assertThat(world.await(xattrs.getAsync("größe"))).isEmpty();
    assertThat(world.await(xattrs.listAsync())).containsExactlyInAnyOrder("colour", "größe");
    world.await(xattrs.removeAsync("colour"));
    assertThat(reasonOf(xattrs.removeAsync("colour"))).isEqualTo(Reason.NO_XATTR);
    assertThat(reasonOf(xattrs.getAsync("colour"))).isEqualTo(Reason.NO_XATTR);
    assertThat(world.await(xattrs.listAsync())).containsExactly("größe");
  }

  @Test
  void openFileHasTheSameAttributesAfterARename() throws NfsException {
    NfsFile file = world.await(client.openAsync(NfsPath.of("/file"), NfsOpenOptions.forReading()));
    set("colour", new byte[] {1}, Mode.EITHER);
    world.await(client.renameAsync(NfsPath.of("/file"), NfsPath.of("/other")));
    assertThat(world.await(file.xattrs().listAsync())).containsExactly("colour");
    world.await(file.xattrs().setAsync("colour", new byte[] {2}, Mode.REPLACE));
    assertThat(world.await(client.xattrs(NfsPath.of("/other")).getAsync("colour")))
        .containsExactly(2);
    world.await(file.closeAsync());
  }

  // RFC 8276 section 8.4.3: the client continues from cookie to cookie
  @Test
  void namesOnManyPagesAreAllListedOnce() throws NfsException {
    List<String> names = IntStream.range(0, 240).mapToObj(i -> "n".repeat(245) + "-" + i).toList();
    List<CompletableFuture<Void>> made = new ArrayList<>();
    names.forEach(name -> made.add(xattrs.setAsync(name, new byte[] {7}, Mode.CREATE)));
    for (CompletableFuture<Void> each : made) {
      world.await(each);
    }
    assertThat(world.await(xattrs.listAsync())).containsExactlyInAnyOrderElementsOf(names);
  }

  // RFC 8276 section 8.4.2.3: XATTR2BIG, whether the server returns it or the value does not fit
  // into a call
  @Test
  void valueThatIsTooLargeFailsAndChangesNothing() throws NfsException {
    byte[] largest = World.random(64 << 10);
    set("large", largest, Mode.EITHER);
    for (int bytes : List.of((64 << 10) + 1, (1 << 20) + 1, 3 << 20)) {
      assertThat(reasonOf(xattrs.setAsync("large", new byte[bytes], Mode.EITHER)))
          .as("%d bytes", bytes)
          .isEqualTo(Reason.NO_SPACE);
    }
    assertThat(world.await(xattrs.getAsync("large"))).isEqualTo(largest);
  }

  // RFC 8276 section 8.2.1
  @Test
  void fileSystemWithoutExtendedAttributesReportsThat() throws Exception {
    world.serve(
        "bare",
        MemoryVolume.builder("bare", world.simulation::instant).without(Feature.XATTRS).build());
    NfsClient other = world.connect("bare");
    world.write(other, "/file", World.random(10));
    NfsXattrs none = other.xattrs(NfsPath.of("/file"));
    assertThat(world.await(none.isSupportedAsync())).isFalse();
    assertThat(reasonOf(none.listAsync())).isEqualTo(Reason.UNSUPPORTED);
    assertThat(reasonOf(none.setAsync("a", new byte[1], Mode.EITHER)))
        .isEqualTo(Reason.UNSUPPORTED);
  }
}
