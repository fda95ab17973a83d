package io.ferrynfs.rpc;

import io.ferrynfs.rpc.auth.AuthException;
import io.ferrynfs.rpc.auth.AuthExchange;
import io.ferrynfs.rpc.auth.AuthVerdict;
import io.ferrynfs.rpc.auth.Authenticator;
import io.ferrynfs.rpc.auth.CallHeader;
import io.ferrynfs.rpc.auth.CallProtection;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.rpc.auth.ReplyProtection;
import io.ferrynfs.rpc.auth.ReplyVerifier;
import io.ferrynfs.rpc.auth.RpcPeer;
import io.ferrynfs.rpc.auth.RpcPrincipal;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A flavor with the structure of RPCSEC_GSS but no security. A context takes two exchanges,
 * verifiers are checksums, bodies are XORed with a key, and repeated sequence numbers are detected.
 */
final class ToyAuth {
  static final int FLAVOR = 77;
  static final int NO_CONTEXT = 13;

  private static final int DATA = 0;
  private static final int INIT = 1;
  private static final int CONTINUE = 2;
  private static final int DESTROY = 3;
  private static final int BODY_BYTES_MAX = 1 << 22;

  private ToyAuth() {}

  private static int mic(int key, ByteBuffer signed) {
    CRC32 crc = new CRC32();
    crc.update(signed.duplicate());
    return (int) crc.getValue() ^ key;
  }

  private static int mic(int key, int number) {
    return mic(key, ByteBuffer.allocate(4).putInt(0, number));
  }

  private static ByteBuffer xor(int key, ByteBuffer bytes) {
    ByteBuffer changed = ByteBuffer.allocate(bytes.remaining());
    for (int i = 0; i < changed.capacity(); i++) {
      changed.put(i, (byte) (bytes.get(bytes.position() + i) ^ (key >> (8 * (i & 3)))));
    }
    return changed;
  }

  /** Writes a sequence number and the transformed body. */
  private static void wrap(XdrWriter out, int key, int sequence, Consumer<XdrWriter> body) {
    XdrWriter plain = new XdrWriter();
    plain.writeInt(sequence);
    body.accept(plain);
    byte[] bytes = plain.toByteArray();
    plain.release();
    out.writeOpaque(Opaque.of(xor(key, ByteBuffer.wrap(bytes)).array()), BODY_BYTES_MAX);
  }

  private static ByteBuffer unwrap(ByteBuffer received, int key, int sequence) throws XdrException {
    Opaque wrapped = new XdrReader(received.duplicate()).readOpaque(BODY_BYTES_MAX);
    ByteBuffer plain = xor(key, ByteBuffer.wrap(wrapped.toByteArray()));
    if (plain.remaining() < 4 || plain.getInt() != sequence) {
      throw new XdrException("the body belongs to another message");
    }
    return plain;
  }

  /** A context of the accepting side. */
  static final class Context {
    final String name;
    final int key;
    final Set<Integer> seen = ConcurrentHashMap.newKeySet();
    boolean isComplete;

    Context(String name, int key) {
      this.name = name;
      this.key = key;
    }
  }

  record Named(String name) implements RpcPrincipal {
    @Override
    public int flavor() {
      return FLAVOR;
    }
  }

  /** The accepting side: the contexts of all connections. */
  static final class Acceptor implements Authenticator {
    final Map<Integer, Context> contexts = new ConcurrentHashMap<>();
    final AtomicInteger discarded = new AtomicInteger();
    private final AtomicInteger handles = new AtomicInteger();

    @Override
    public AuthVerdict verify(CallHeader call) {
      ByteBuffer credential = call.credential();
      if (credential.remaining() != 12) {
        return AuthVerdict.Rejected.BADCRED;
      }
      int procedure = credential.getInt(0);
      int sequence = credential.getInt(4);
      int handle = credential.getInt(8);
      if (procedure == INIT) {
        // Runs on another thread, as a mechanism that reads a key table would.
        Opaque token = token(call);
        return new AuthVerdict.Deferred(CompletableFuture.supplyAsync(() -> init(token)));
      }
      Context context = contexts.get(handle);
      if (context == null) {
        return new AuthVerdict.Rejected(NO_CONTEXT);
      }
      if (procedure == CONTINUE) {
        context.isComplete = true;
        return answer(context, 0, out -> out.writeInt(handle));
      }
      boolean isSigned =
          call.verifierBytes() == 4
              && call.verifier().getInt() == mic(context.key, call.signedPart());
      if (!context.isComplete || !isSigned) {
        return AuthVerdict.Rejected.BADVERF;
      }
      if (!context.seen.add(sequence)) {
        discarded.incrementAndGet();
        return new AuthVerdict.Discarded();
      }
      if (procedure == DESTROY) {
        contexts.remove(handle);
        return answer(context, sequence, out -> {});
      }
      return new AuthVerdict.Accepted(new Protection(context, sequence, true));
    }

    private static Opaque token(CallHeader call) {
      try {
        return new XdrReader(call.arguments()).readOpaque(100);
      } catch (XdrException e) {
        throw new IllegalStateException(e);
      }
    }

    private AuthVerdict init(Opaque token) {
      int handle = handles.incrementAndGet();
      Context context = new Context(token.utf8(), 0x5eed_0000 + handle);
      contexts.put(handle, context);
      return answer(
          context,
          0,
          out -> {
            out.writeInt(handle);
            out.writeInt(context.key);
          });
    }

    private static AuthVerdict answer(Context context, int sequence, Consumer<XdrWriter> results) {
      return new AuthVerdict.Answered(new Protection(context, sequence, false), results, () -> {});
    }
  }

  private record Protection(Context context, int sequence, boolean transforms)
      implements ReplyProtection {
    @Override
    public RpcPrincipal principal() {
      return new Named(context.name);
    }

    @Override
    public ByteBuffer arguments(ByteBuffer received) throws XdrException {
      return transforms ? unwrap(received, context.key, sequence) : received;
    }

    @Override
    public int verifierBytesMax() {
      return 12;
    }

    @Override
    public void writeVerifier(XdrWriter out) {
      out.writeInt(FLAVOR);
      out.writeInt(4);
      out.writeInt(mic(context.key, sequence));
    }

    @Override
    public int resultsOverheadBytesMax() {
      return 4 + 4 + 3;
    }

    @Override
    public void writeResults(XdrWriter out, Consumer<XdrWriter> results) {
      if (transforms) {
        wrap(out, context.key, sequence, results);
      } else {
        results.accept(out);
      }
    }
  }

  /** The calling side of one context, established when first needed. */
  static final class Initiator implements Credential {
    private final String name;
    private final AtomicInteger sequences = new AtomicInteger();
    final AtomicInteger established = new AtomicInteger();
    private volatile @Nullable Established context;
    private @Nullable CompletableFuture<Void> establishing;

    private record Established(int handle, int key) {
      Call call(int procedure, int sequence) {
        return new Call(procedure, sequence, handle, key);
      }
    }

    Initiator(String name) {
      this.name = name;
    }

    @Override
    public int flavor() {
      return FLAVOR;
    }

    @Override
    public String name() {
      return name;
    }

    /** Makes the next call repeat a sequence number. */
    void repeatSequence() {
      sequences.decrementAndGet();
    }

    @Override
    public @Nullable CallProtection protect(RpcPeer peer) {
      Established known = context;
      return known == null ? null : known.call(DATA, sequences.incrementAndGet());
    }

    @Override
    public synchronized CompletableFuture<Void> establish(AuthExchange exchange) {
      CompletableFuture<Void> running = establishing;
      if (running != null && !running.isDone()) {
        return running;
      }
      // Read after isDone: an exchange that ended since this call found no protection has set it.
      if (context != null) {
        return CompletableFuture.completedFuture(null);
      }
      CompletableFuture<Void> begun =
          exchange
              .call(new Call(INIT, 0, 0, 0), out -> out.writeOpaque(Opaque.ofUtf8(name), 100))
              .thenCompose(first -> {
                Established given = new Established(first.getInt(), first.getInt());
                return exchange
                    .call(given.call(CONTINUE, 0), out -> {})
                    .thenAccept(_ -> {
                      established.incrementAndGet();
                      context = given;
                    });
              });
      establishing = begun;
      return begun;
    }

    /** Makes the next call establish another context. */
    synchronized void discard() {
      context = null;
    }

    /** Returns the protection of a call that destroys the context. */
    CallProtection destroyer() {
      Established known = context;
      if (known == null) {
        throw new IllegalStateException("no context");
      }
      context = null;
      return known.call(DESTROY, sequences.incrementAndGet());
    }

    @Override
    public synchronized boolean renew(CallProtection rejected, int authStat) {
      Established known = context;
      if (known != null && rejected instanceof Call call && call.handle == known.handle) {
        context = null;
      }
      return authStat == NO_CONTEXT;
    }
  }

  private record Call(int procedure, int sequence, int handle, int key) implements CallProtection {
    @Override
    public void writeCredential(XdrWriter out) {
      out.writeInt(FLAVOR);
      out.writeInt(12);
      out.writeInt(procedure);
      out.writeInt(sequence);
      out.writeInt(handle);
    }

    @Override
    public void writeVerifier(XdrWriter out) {
      int mic = mic(key, ByteBuffer.wrap(out.toByteArray()));
      out.writeInt(FLAVOR);
      out.writeInt(4);
      out.writeInt(mic);
    }

    @Override
    public void writeArguments(XdrWriter out, Consumer<XdrWriter> arguments) {
      if (procedure == DATA) {
        wrap(out, key, sequence, arguments);
      } else {
        arguments.accept(out);
      }
    }

    @Override
    public void check(ReplyVerifier reply) throws AuthException {
      boolean isSigned =
          reply.flavor() == FLAVOR
              && reply.body().remaining() == 4
              && reply.body().getInt() == mic(key, sequence);
      if (procedure != INIT && !isSigned) {
        throw new AuthException("wrong verifier");
      }
    }

    @Override
    public boolean transformsResults() {
      return procedure == DATA;
    }

    @Override
    public ByteBuffer results(ByteBuffer received) throws AuthException {
      try {
        return unwrap(received, key, sequence);
      } catch (XdrException e) {
        throw new AuthException(String.valueOf(e.getMessage()));
      }
    }
  }
}
