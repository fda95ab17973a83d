package io.ferrynfs.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.recovery.MemoryClientRegistry;
import io.ferrynfs.server.state.StateSizes;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.LockOps;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsLockType4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/**
 * The end of the lease of a client with very many open and locked files: the server releases all of
 * its state.
 */
class EndOfLeaseTest {
  private static final int OPENS = 10_000;
  private static final int OPENS_PER_COMPOUND = 20;
  private static final int FILES = 100;

  private final MemoryVolume volume =
      MemoryVolume.builder("volume", InstantSource.system()).rootMode(0777).build();
  private final MemoryClientRegistry registry = new MemoryClientRegistry();
  private final TestServer server = start();

  private TestServer start() {
    SequencedMap<String, Volume> volumes = new LinkedHashMap<>();
    volumes.put("/", volume);
    return TestServer.instance(1, ServerLimits.defaults(), volumes, registry);
  }

  /** The sizes of all tables that the server keeps for clients. */
  private record Tables(
      StateSizes state,
      int lockedRanges,
      SessionSizes sessions,
      int recorded,
      int openFiles,
      int bulkLines) {}

  private Tables tables() {
    return new Tables(
        server.services().state().sizes(),
        server.services().state().locks().rangeCount(),
        server.services().clients().sizes(),
        registry.load().size(),
        volume.openFileCount(),
        server.bulk().activeClientCount());
  }

  /**
   * Opens files in many opens. Each open has a lock on its own byte; each file has a delegation.
   */
  private void openAndLockMany(String owner, int opens) {
    RawClient client = server.client(owner).mount(RawClient.channel(1 << 20, 2048, 64, 64));
    List<NfsArgop4> operations = new ArrayList<>();
    for (int i = 0; i < opens; i++) {
      operations.add(Ops.putrootfh());
      operations.add(Ops.open("owner " + i / FILES, "file " + i % FILES, Ops.READ, Ops.NONE));
      operations.add(
          LockOps.lock(NfsLockType4.READ_LT, Stateids.CURRENT, "owner " + i / FILES, i, 1));
      if (operations.size() == 3 * OPENS_PER_COMPOUND || i == opens - 1) {
        assertThat(client.call(operations.toArray(NfsArgop4[]::new)).status())
            .isEqualTo(Nfsstat4.NFS4_OK);
        operations.clear();
      }
    }
    client.connection().disconnect();
  }

  private void leaseEnds() {
    server.env().advance(Duration.ofSeconds(91));
    server.services().clients().reap();
  }

  /**
   * Returns the number of live objects of the server by class, without the classes of lambdas and
   * enums, whose instances the JVM creates once.
   */
  private static Map<String, Long> objects() {
    Object histogram;
    try {
      histogram =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new AssertionError(e);
    }
    Map<String, Long> counts = new TreeMap<>();
    String.valueOf(histogram)
        .lines()
        .map(line -> line.strip().split(" +"))
        .filter(words -> words.length >= 4 && words[3].startsWith("io.ferrynfs.server."))
        .filter(words -> !words[3].contains("$$Lambda") && !words[3].contains(".testing."))
        .filter(words -> !isEnum(words[3]))
        .forEach(words -> counts.put(words[3], Long.parseLong(words[1])));
    return counts;
  }

  private static boolean isEnum(String type) {
    try {
      return Enum.class.isAssignableFrom(
          Class.forName(type, false, EndOfLeaseTest.class.getClassLoader()));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  // Requirement of the issue: a heap dump contains nothing of the client
  @Test
  void tenThousandOpensAndLocksAreReleasedWhenTheLeaseEnds() {
    openAndLockMany("creates the objects that exist once", FILES);
    server.env().advance(Duration.ofDays(1));
    leaseEnds();
    Tables before = tables();
    Map<String, Long> objectsBefore = objects();
    assertThat(before.state).isEqualTo(new StateSizes(0, 0, 0));

    openAndLockMany("holds much", OPENS);
    assertThat(server.services().state().sizes())
        .isEqualTo(new StateSizes(2 * OPENS + FILES, FILES, 1));
    assertThat(server.services().state().locks().rangeCount()).isEqualTo(OPENS);
    Map<String, Long> held = objects();
    assertThat(held.get("io.ferrynfs.server.state.OpenState")).isGreaterThanOrEqualTo(OPENS);
    assertThat(held.get("io.ferrynfs.server.state.LockState")).isGreaterThanOrEqualTo(OPENS);
    assertThat(held.get("io.ferrynfs.server.state.DelegationState")).isGreaterThanOrEqualTo(FILES);

    leaseEnds();
    assertThat(tables()).isEqualTo(before);
    // There are no more objects of any class; objects of earlier tests in this JVM may have been
    // collected.
    assertThat(objects())
        .allSatisfy((type, count) ->
            assertThat(count).isLessThanOrEqualTo(objectsBefore.getOrDefault(type, 0L)));
  }

  @Test
  void stateOfACourtesyClientIsReleasedCompletely() {
    Tables before = tables();
    openAndLockMany("holds little", FILES);
    leaseEnds();
    assertThat(server.services().state().sizes()).isEqualTo(new StateSizes(3 * FILES, FILES, 1));
    server.env().advance(Duration.ofDays(1));
    leaseEnds();
    assertThat(tables()).isEqualTo(before);
  }
}
