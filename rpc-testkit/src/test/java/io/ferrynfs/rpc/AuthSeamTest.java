package io.ferrynfs.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.auth.AuthExchange;
import io.ferrynfs.rpc.auth.AuthFlavors;
import io.ferrynfs.rpc.auth.CallProtection;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.auth.RpcPeer;
import io.ferrynfs.rpc.env.ConnectOptions;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests a flavor with the structure of RPCSEC_GSS on a connection with calls in both directions.
 */
class AuthSeamTest {
  private final SystemEnv env = new SystemEnv(8 << 20);
  private final Side serverSide = new Side();
  private final Side clientSide = new Side();
  private RpcServer server;
  private RpcConnection client;
  private RpcConnection back;

  /** A handler that accepts the toy flavor. */
  private static final class Side implements RpcHandler {
    final ToyAuth.Acceptor acceptor = new ToyAuth.Acceptor();
    final Echo echo = new Echo();
    volatile int overhead;

    @Override
    public void handle(RpcCall call) {
      overhead = call.replyOverheadBytesMax();
      echo.handle(call);
    }

    @Override
    public AuthFlavors authFlavors() {
      return AuthFlavors.STANDARD.with(ToyAuth.FLAVOR, connection -> acceptor);
    }
  }

  @BeforeEach
  void connect() throws Exception {
    server =
        RpcServer.listen(
            env,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            RpcLimits.DEFAULT,
            serverSide);
    client =
        RpcConnection.connect(
                env,
                server.localAddress(),
                ConnectOptions.within(Duration.ofSeconds(10)),
                RpcLimits.DEFAULT,
                clientSide)
            .get(10, TimeUnit.SECONDS);
    echo(client, Credential.none(), "first");
    back = server.connections().getFirst();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    env.close();
  }

  private static CompletableFuture<RpcReply> call(
      RpcConnection over, Credential credential, int procedure, String text) {
    return over.call(
        RpcRequest.of(
            Echo.PROGRAM,
            Echo.VERSION,
            procedure,
            credential,
            out -> out.writeOpaque(Opaque.ofUtf8(text), Echo.BYTES_MAX)));
  }

  private static String echo(RpcConnection over, Credential credential, String text)
      throws Exception {
    return Echo.text(call(over, credential, Echo.ECHO, text).get(20, TimeUnit.SECONDS));
  }

  @Test
  void callsInBothDirectionsAreAuthenticatedAndTransformed() throws Exception {
    ToyAuth.Initiator alice = new ToyAuth.Initiator("alice");
    ToyAuth.Initiator machine = new ToyAuth.Initiator("machine");
    List<CompletableFuture<String>> forward = new ArrayList<>();
    List<CompletableFuture<String>> backward = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      forward.add(call(client, alice, Echo.ECHO, "forward " + i).thenApply(Echo::text));
      backward.add(call(back, machine, Echo.ECHO, "backward " + i).thenApply(Echo::text));
    }
    for (int i = 0; i < 500; i++) {
      assertThat(forward.get(i).get(20, TimeUnit.SECONDS)).isEqualTo("forward " + i);
      assertThat(backward.get(i).get(20, TimeUnit.SECONDS)).isEqualTo("backward " + i);
    }
    assertThat(alice.established).hasValue(1);
    assertThat(machine.established).hasValue(1);
    assertThat(echo(client, Credential.none(), "plain")).isEqualTo("plain");
  }

  @Test
  void principalHasTheNameThatTheMechanismProved() throws Exception {
    ToyAuth.Initiator alice = new ToyAuth.Initiator("alice@EXAMPLE.ORG");
    RpcReply reply = call(client, alice, Echo.WHO, "").get(20, TimeUnit.SECONDS);
    assertThat(Echo.text(reply)).isEqualTo("Named[name=alice@EXAMPLE.ORG]");
  }

  @Test
  void replyOverheadDependsOnTheFlavor() throws Exception {
    assertThat(serverSide.overhead).isEqualTo(24);
    echo(client, new ToyAuth.Initiator("alice"), "hello");
    assertThat(serverSide.overhead).isEqualTo(16 + 12 + 11);
  }

  @Test
  void errorRepliesCarryAVerifierAndNoTransformedBody() {
    ToyAuth.Initiator alice = new ToyAuth.Initiator("alice");
    assertThatThrownBy(() -> call(client, alice, 99, "").get(20, TimeUnit.SECONDS))
        .hasMessageContaining("PROC_UNAVAIL");
    assertThatThrownBy(() -> call(client, alice, Echo.BROKEN, "").get(20, TimeUnit.SECONDS))
        .hasMessageContaining("SYSTEM_ERR");
  }

  @Test
  void contextThatTheServerDiscardedIsEstablishedAgain() throws Exception {
    ToyAuth.Initiator alice = new ToyAuth.Initiator("alice");
    echo(client, alice, "before");
    serverSide.acceptor.contexts.clear();
    assertThat(echo(client, alice, "after")).isEqualTo("after");
    assertThat(alice.established).hasValue(2);
  }

  @Test
  void lateRejectionOfAnOldContextKeepsTheNewOne() throws Exception {
    ToyAuth.Initiator alice = new ToyAuth.Initiator("alice");
    echo(client, alice, "before");
    CallProtection old = alice.protect(new RpcPeer(server.localAddress(), null));
    serverSide.acceptor.contexts.clear();
    echo(client, alice, "establishes the new context");
    Credential late = new FirstProtection(alice, old);
    assertThat(echo(client, late, "rejected once")).isEqualTo("rejected once");
    assertThat(alice.established).hasValue(2);
  }

  @Test
  void callWhoseCredentialWasDiscardedAtOnceIsSentWithTheNextOne() throws Exception {
    ToyAuth.Initiator alice = new ToyAuth.Initiator("alice");
    AtomicInteger discards = new AtomicInteger(1);
    assertThat(echo(client, discarded(alice, discards), "sent")).isEqualTo("sent");
    assertThat(alice.established).hasValue(2);
    discards.set(2);
    assertThatThrownBy(() -> echo(client, discarded(alice, discards), "never sent"))
        .hasMessageContaining("cannot establish the credential: it was discarded twice");
  }

  /** Returns a credential whose context is discarded as often as given once it is established. */
  private static Credential discarded(ToyAuth.Initiator alice, AtomicInteger discards) {
    return new FirstProtection(alice, null) {
      @Override
      public CompletableFuture<Void> establish(AuthExchange exchange) {
        return super.establish(exchange)
            .thenRun(() -> {
              if (discards.getAndDecrement() > 0) {
                alice.discard();
              }
            });
      }
    };
  }

  /** A credential with a given first protection, and after it those of another credential. */
  private static class FirstProtection implements Credential {
    private final Credential next;
    private final @Nullable CallProtection first;
    private final AtomicBoolean isFirst = new AtomicBoolean(true);

    FirstProtection(Credential next, @Nullable CallProtection first) {
      this.next = next;
      this.first = first;
    }

    @Override
    public int flavor() {
      return next.flavor();
    }

    @Override
    public String name() {
      return next.name();
    }

    @Override
    public @Nullable CallProtection protect(RpcPeer peer) {
      return isFirst.getAndSet(false) ? first : next.protect(peer);
    }

    @Override
    public CompletableFuture<Void> establish(AuthExchange exchange) {
      return next.establish(exchange);
    }

    @Override
    public boolean renew(CallProtection rejected, int authStat) {
      return next.renew(rejected, authStat);
    }
  }

  @Test
  void destroyedContextIsUnknown() throws Exception {
    ToyAuth.Initiator alice = new ToyAuth.Initiator("alice");
    echo(client, alice, "before");
    CallProtection destroyer = alice.destroyer();
    RpcReply reply =
        client
            .call(RpcRequest.of(Echo.PROGRAM, Echo.VERSION, 0, once(destroyer), out -> {}))
            .get(20, TimeUnit.SECONDS);
    reply.close();
    assertThat(serverSide.acceptor.contexts).isEmpty();
  }

  private static Credential once(CallProtection protection) {
    return new Credential() {
      @Override
      public int flavor() {
        return ToyAuth.FLAVOR;
      }

      @Override
      public String name() {
        return "once";
      }

      @Override
      public @Nullable CallProtection protect(RpcPeer peer) {
        return protection;
      }
    };
  }

  @Test
  void repeatedSequenceNumberIsDiscardedWithoutAReply() throws Exception {
    ToyAuth.Initiator alice = new ToyAuth.Initiator("alice");
    echo(client, alice, "one");
    alice.repeatSequence();
    CompletableFuture<RpcReply> discarded = call(client, alice, Echo.ECHO, "again");
    assertThat(echo(client, alice, "two")).isEqualTo("two");
    assertThat(discarded).isNotDone();
    assertThat(serverSide.acceptor.discarded).hasValue(1);
    // A call is counted until its reply has left, which may be after the client received it.
    assertThat(CompletableFuture.runAsync(() -> awaitNoCalls(back)))
        .succeedsWithin(Duration.ofSeconds(20));
    assertThat(discarded.cancel(true)).isTrue();
  }

  private static void awaitNoCalls(RpcConnection connection) {
    while (connection.callsIncoming() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void callWithAFlavorUnknownToThePeerFails() {
    client.close();
    RpcHandler plain = new Echo();
    assertThatThrownBy(
            () -> {
              try (RpcServer other =
                  RpcServer.listen(
                      env,
                      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                      RpcLimits.DEFAULT,
                      plain)) {
                client =
                    RpcConnection.connect(
                            env,
                            other.localAddress(),
                            ConnectOptions.within(Duration.ofSeconds(10)),
                            RpcLimits.DEFAULT,
                            plain)
                        .get(10, TimeUnit.SECONDS);
                echo(client, new ToyAuth.Initiator("alice"), "hello");
              }
            })
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("AUTH_ERROR");
  }

  /** A credential that waits for a reply that never comes, or whose exchange fails. */
  private record Unestablished(CompletableFuture<Void> established) implements Credential {
    @Override
    public int flavor() {
      return ToyAuth.FLAVOR;
    }

    @Override
    public String name() {
      return "nobody";
    }

    @Override
    public @Nullable CallProtection protect(RpcPeer peer) {
      return null;
    }

    @Override
    public CompletableFuture<Void> establish(AuthExchange exchange) {
      // The dependent of a future wraps its failure.
      return established.thenApply(_ -> null);
    }
  }

  @Test
  void callWhoseCredentialIsNeverEstablishedTimesOut() {
    RpcRequest request =
        RpcRequest.of(
                Echo.PROGRAM,
                Echo.VERSION,
                Echo.ECHO,
                new Unestablished(new CompletableFuture<>()),
                out -> {})
            .withTimeMax(Duration.ofMillis(50));
    assertThat(client.call(request))
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableThat()
        .withCauseInstanceOf(RpcException.class)
        .withMessageContaining("TIMED_OUT: credential not established");
  }

  @Test
  void failureOfTheExchangeIsTheFailureOfTheCall() {
    CompletableFuture<Void> established = new CompletableFuture<>();
    CompletableFuture<RpcReply> call =
        call(client, new Unestablished(established), Echo.ECHO, "hello");
    assertThat(call).isNotDone();
    RpcException lost = new RpcException(RpcException.Kind.CONNECTION_LOST, "reset");
    established.completeExceptionally(lost);
    assertThat(call).failsWithin(Duration.ofSeconds(20)).withThrowableThat().withCause(lost);
  }
}
