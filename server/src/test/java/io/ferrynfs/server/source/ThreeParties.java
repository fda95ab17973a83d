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

/** A client, a source and a destination of a copy, each on its own host. */
final class ThreeParties {
  static final int LEASE_SECONDS = 20;
  static final int MIB = 1 << 20;
  static final Duration KEPT = SourceLimits.defaults().keep();
  private static final int TRACE_LINES_MAX = 400;

  final Simulation world;
  final CopyEndpoint source;
  final CopyEndpoint destination;
  final CopyClient atSource;
  final CopyClient atDestination;
  private final Deque<String> trace = new ArrayDeque<>();

  ThreeParties() {
    this(1);
  }

  ThreeParties(long seed) {
    this(seed, limits(CopyLimits.defaults()), options());
  }

  /** Creates the parties with these limits and options of the destination. */
  ThreeParties(long seed, ServerLimits limits, ServerOptions options) {
    this(seed, limits, options, limits(CopyLimits.defaults()));
  }

  /** Creates the parties with these limits of the source, too. */
  ThreeParties(long seed, ServerLimits limits, ServerOptions options, ServerLimits sourceLimits) {
    this(seed, limits, options, sourceLimits, 0);
  }

  /** Creates the parties with pipes of this many bytes at the destination, too. */
  ThreeParties(
      long seed,
      ServerLimits limits,
      ServerOptions options,
      ServerLimits sourceLimits,
      int pipeBytes) {
    world = new Simulation(seed);
    world.trace(this::note);
    source = new CopyEndpoint(world.host("source"), sourceLimits, options());
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

  /** Returns the last lines of the network's trace. */
  String trace() {
    return String.join("\n", trace);
  }

  CopyClient client(CopyEndpoint server, long uid) {
    return new CopyClient(world, world.host("client"), server.address(), uid);
  }

  static byte[] random(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return content;
  }

  /** Opens a file at the source and sends COPY_NOTIFY for the destination. */
  NotifiedFile notifyFile(String name) {
    CopyClient.Open open = atSource.open(name, Ops.READ);
    return new NotifiedFile(open, atSource.notify(open, destination.location()));
  }

  /** A file that the destination may read. */
  record NotifiedFile(CopyClient.Open open, CopyNotify4Resok notifyResult) {
    /**
     * Returns a COPY of the whole file from the announced addresses, and the operations before it.
     */
    NfsArgop4[] copy(CopyClient.Open to, boolean synchronous) {
      return copy(to, notifyResult.sourceServer(), 0, 0, synchronous);
    }

    NfsArgop4[] copy(
        CopyClient.Open to, List<Netloc4> from, long offset, long count, boolean synchronous) {
      return new NfsArgop4[] {
        Ops.putfh(open.file()),
        Ops.savefh(),
        Ops.putfh(to.file()),
        new NfsArgop4.Copy(
            new Copy4Args(
                notifyResult.stateid(),
                to.stateid(),
                offset,
                offset,
                count,
                true,
                synchronous,
                from))
      };
    }
  }

  /** Returns the stateid of an asynchronous copy. */
  static Stateid4 stateid(NfsResop4 copy) {
    if (copy instanceof NfsResop4.Copy(Copy4Res.Ok(var ok))) {
      Stateid4 stateid = ok.response().callbackId();
      if (stateid != null) {
        return stateid;
      }
    }
    throw new AssertionError("not asynchronous: " + copy);
  }

  /** Returns the byte count of a synchronous copy. */
  static long count(NfsResop4 copy) {
    if (copy instanceof NfsResop4.Copy(Copy4Res.Ok(var ok))) {
      assertThat(ok.response().callbackId()).isNull();
      return ok.response().count();
    }
    throw new AssertionError("not copied: " + copy);
  }

  /** Returns the byte count of a durable copy in CB_OFFLOAD, whatever its verifier. */
  static long durable(OffloadInfo4 info) {
    if (info instanceof OffloadInfo4.Ok(WriteResponse4 done)) {
      assertThat(done.committed()).isEqualTo(StableHow4.FILE_SYNC4);
      assertThat(done.callbackId()).isNull();
      return done.count();
    }
    throw new AssertionError("failed: " + info);
  }

  /** Creates a file of this many random bytes at the source and returns its content. */
  byte[] put(String name, int bytes) {
    byte[] content = random(bytes);
    source.put(name, content);
    return content;
  }

  /** Closes the clients, lets the links expire and expects that no server holds any resource. */
  void expectNothingHeld() {
    atSource.close();
    atDestination.close();
    world.run(KEPT.plusSeconds(4 * LEASE_SECONDS));
    for (CopyEndpoint endpoint : List.of(source, destination)) {
      assertThat(
              new Held(
                  endpoint.server.connectionCount(),
                  endpoint.server.clientCount(),
                  endpoint.server.sessionCount(),
                  endpoint.server.stateidCount(),
                  endpoint.server.hasNoCopies(),
                  endpoint.server.sourceCount(),
                  endpoint.volume.openFileCount() + endpoint.volume.pipeCount(),
                  endpoint.host.recordsHeld()))
          .as(endpoint.name)
          .isEqualTo(new Held(0, 0, 0, 0, true, 0, 0, 0));
    }
  }

  /** The resources that a server can hold for others. */
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
