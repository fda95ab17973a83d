package io.ferrynfs.server.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.SourceLimits;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.CopyNotify4Resok;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** A client that has a destination copy from a source, each on a host of its own. */
final class ThreeParties {
  static final int LEASE_SECONDS = 20;
  static final int MIB = 1 << 20;
  static final Duration KEPT = SourceLimits.defaults().keep();
  private static final int TRACE_LINES_MAX = 400;

  final Simulation world;
  final CopyEndpoint source;
  final CopyEndpoint destination;
  final Party atSource;
  final Party atDestination;
  private final Deque<String> trace = new ArrayDeque<>();

  ThreeParties() {
    this(1);
  }

  ThreeParties(long seed) {
    this(seed, limits(CopyLimits.defaults()), options());
  }

  /** With limits and options for the destination. */
  ThreeParties(long seed, ServerLimits limits, ServerOptions options) {
    this(seed, limits, options, limits(CopyLimits.defaults()));
  }

  /** And with limits for the source. */
  ThreeParties(long seed, ServerLimits limits, ServerOptions options, ServerLimits ofSource) {
    this(seed, limits, options, ofSource, 0);
  }

  /** And with pipes at the destination. */
  ThreeParties(
      long seed, ServerLimits limits, ServerOptions options, ServerLimits ofSource, int pipeBytes) {
    world = new Simulation(seed);
    world.trace(this::note);
    source = new CopyEndpoint(world.host("source"), ofSource, options());
    destination =
        new CopyEndpoint(
            world.host("destination"), "destination", "destination", limits, options, pipeBytes);
    atSource = client(source, 1000);
    atDestination = client(destination, 1000);
  }

  static ServerLimits limits(CopyLimits copies) {
    return ServerLimits.builder()
        .courtesy(CourtesyLimits.none())
        .leaseSeconds(LEASE_SECONDS)
        .copies(copies.toBuilder().chunkBytesMin(1 << 16).answeredAtOnceBytesMax(0).build())
        .build();
  }

  static ServerOptions options() {
    return ServerOptions.defaults();
  }

  static ServerOptions options(CopyRules rules, CopySources sources) {
    return ServerOptions.builder().copyRules(rules).copySources(sources).build();
  }

  private void note(String line) {
    if (trace.size() == TRACE_LINES_MAX) {
      trace.removeFirst();
    }
    trace.addLast(line);
  }

  /** What happened last on the network. */
  String trace() {
    return String.join("\n", trace);
  }

  Party client(CopyEndpoint server, long uid) {
    return new Party(world, world.host("client"), server.address(), uid);
  }

  static byte[] random(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return content;
  }

  /** A file at the source, announced to the destination. */
  Announced announce(String name) {
    Party.Open open = atSource.open(name, Ops.READ);
    return new Announced(open, atSource.notify(open, destination.location()));
  }

  /** A source that may be copied from. */
  record Announced(Party.Open open, CopyNotify4Resok notice) {
    /** COPY of all from the source's locations, and what comes before it. */
    NfsArgop4[] copy(Party.Open to, boolean synchronous) {
      return copy(to, notice.sourceServer(), 0, 0, synchronous);
    }

    NfsArgop4[] copy(
        Party.Open to, List<Netloc4> from, long offset, long count, boolean synchronous) {
      return new NfsArgop4[] {
        Ops.putfh(open.file()),
        Ops.savefh(),
        Ops.putfh(to.file()),
        new NfsArgop4.Copy(
            new Copy4Args(
                notice.stateid(), to.stateid(), offset, offset, count, true, synchronous, from))
      };
    }
  }

  /** The stateid of a copy that goes on. */
  static Stateid4 stateid(NfsResop4 copy) {
    if (copy instanceof NfsResop4.Copy(Copy4Res.Ok(var ok))) {
      Stateid4 stateid = ok.response().callbackId();
      if (stateid != null) {
        return stateid;
      }
    }
    throw new AssertionError("not asynchronous: " + copy);
  }

  /** What a synchronous copy has copied. */
  static long count(NfsResop4 copy) {
    if (copy instanceof NfsResop4.Copy(Copy4Res.Ok(var ok))) {
      assertThat(ok.response().callbackId()).isNull();
      return ok.response().count();
    }
    throw new AssertionError("not copied: " + copy);
  }

  /** What CB_OFFLOAD tells of a durable copy, whatever its verifier. */
  static long durable(OffloadInfo4 info) {
    if (info instanceof OffloadInfo4.Ok(WriteResponse4 done)) {
      assertThat(done.committed()).isEqualTo(StableHow4.FILE_SYNC4);
      assertThat(done.callbackId()).isNull();
      return done.count();
    }
    throw new AssertionError("failed: " + info);
  }

  /** The content of a file at the source, of so many bytes. */
  byte[] put(String name, int bytes) {
    byte[] content = random(bytes);
    source.put(name, content);
    return content;
  }

  /** Clients close, links expire: nothing is held anywhere. */
  void expectNothingHeld() {
    atSource.close();
    atDestination.close();
    world.run(KEPT.plusSeconds(4 * LEASE_SECONDS));
    for (CopyEndpoint place : List.of(source, destination)) {
      assertThat(
              new Held(
                  place.server.connectionCount(),
                  place.server.clientCount(),
                  place.server.sessionCount(),
                  place.server.stateidCount(),
                  place.server.hasNoCopies(),
                  place.server.sourceCount(),
                  place.volume.openFileCount() + place.volume.pipeCount(),
                  place.host.recordsHeld()))
          .as(place.name)
          .isEqualTo(new Held(0, 0, 0, 0, true, 0, 0, 0));
    }
  }

  /** What can be left over. */
  private record Held(
      int connections,
      int clients,
      int sessions,
      int stateids,
      boolean noCopies,
      int links,
      int openFiles,
      int records) {}
}
