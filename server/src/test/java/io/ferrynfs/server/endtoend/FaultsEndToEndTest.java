package io.ferrynfs.server.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.testkit.Fate;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FaultsEndToEndTest {

  @Test
  void connectionsThatBreakAtRandomLoseAndRepeatNothing() throws Exception {
    for (int seed = 1; seed <= 30; seed++) {
      World world = new World(seed);
      world.serve("server");
      NfsClient client = world.connect("server");
      Random random = new Random(seed);
      world.simulation.faults(message ->
          random.nextInt(12) > 0
              ? Fate.DELIVER
              : random.nextBoolean() ? Fate.BREAK_BEFORE : Fate.BREAK_AFTER);
      for (int i = 0; i < 5; i++) {
        NfsPath directory = NfsPath.of("/d" + i);
        world.await(client.mkdirAsync(directory, 0755));
        world.write(client, directory + "/f", World.random(300_000 + i));
        world.await(client.renameAsync(directory.resolve("f"), directory.resolve("g")));
        assertThat(world.read(client, directory + "/g")).isEqualTo(World.random(300_000 + i));
      }
      world.simulation.faults(message -> Fate.DELIVER);
      assertThat(world.await(client.listAsync(NfsPath.ROOT))).hasSize(5);
      world.await(client.closeAsync());
    }
  }

  @Test
  void openFileOutlivesARestartOfTheServer() throws Exception {
    World world = new World(7);
    world.serve("server");
    NfsClient client = world.connect("server");
    byte[] data = World.random(500_000);
    world.write(client, "/file", data);
    NfsFile file =
        world.await(client.openAsync(NfsPath.of("/file"), NfsOpenOptions.forReadingAndWriting()));
    world.restart("server");
    ByteBuffer into = ByteBuffer.allocate(data.length);
    world.await(file.readAsync(into, 0));
    assertThat(into.array()).isEqualTo(data);
    world.await(file.writeAsync(ByteBuffer.wrap(data, 0, 1000), 5));
    world.await(file.closeAsync());
    world.await(client.closeAsync());
  }

  @Test
  void restartDuringCallsInFlightCompletesEachOfThem() throws Exception {
    for (int after = 1; after < 40; after++) {
      World world = new World(after);
      world.serve("server");
      NfsClient client = world.connect("server");
      int[] left = {after};
      boolean[] restarted = new boolean[1];
      world.simulation.faults(message -> {
        if (--left[0] == 0) {
          return Fate.BREAK_BEFORE;
        }
        return Fate.DELIVER;
      });
      CompletableFuture<Void> writing = writing(client);
      world.simulation.runUntil(() -> left[0] <= 0 || writing.isDone(), World.LONG);
      if (!writing.isDone()) {
        world.restart("server");
        restarted[0] = true;
      }
      Exception problem = null;
      try {
        world.await(writing);
      } catch (NfsException failed) {
        problem = failed;
      }
      if (problem == null) {
        assertThat(world.read(client, "/file")).as("after %s", after).isEqualTo(DATA);
      } else {
        assertThat(restarted[0]).isTrue();
        assertThat(problem).hasMessageContaining("cannot");
      }
    }
  }

  private static final byte[] DATA = World.random(400_000);

  private static CompletableFuture<Void> writing(NfsClient client) {
    return client
        .openAsync(NfsPath.of("/file"), NfsOpenOptions.forReplacing(0644))
        .thenCompose(file ->
            file.writeAsync(ByteBuffer.wrap(DATA), 0).thenCompose(done -> file.closeAsync()));
  }

  @Test
  void callToADeadServerFailsInBoundedTimeWithAHint() throws Exception {
    World world = new World(9);
    world.serve("server");
    NfsClient client = world.connect("server");
    world.simulation.host("server").kill();
    long before = world.simulation.nanoTime();
    try {
      world.await(client.attributesAsync(NfsPath.ROOT));
    } catch (NfsException failed) {
      assertThat(failed.reason()).isEqualTo(NfsException.Reason.UNREACHABLE);
      assertThat(failed).hasMessageContaining("check that the server runs");
      assertThat(Duration.ofNanos(world.simulation.nanoTime() - before))
          .isLessThan(Duration.ofSeconds(90));
      return;
    }
    throw new AssertionError("did not fail");
  }

  @Test
  void clientOfADeadServerClosesWithinSeconds() throws Exception {
    World world = new World(10);
    world.serve("server");
    NfsClient client = world.connect("server");
    world.await(client.openAsync(NfsPath.of("/file"), NfsOpenOptions.forReplacing(0644)));
    world.simulation.host("server").kill();
    long before = world.simulation.nanoTime();
    world.await(client.closeAsync());
    assertThat(Duration.ofNanos(world.simulation.nanoTime() - before))
        .isLessThan(Duration.ofSeconds(15));
  }
}
