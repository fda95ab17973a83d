package ferry.server.config;

import ferry.rpc.env.RandomSource;
import ferry.wire.nfs4.Verifier4;
import ferry.wire.xdr.Opaque;

/**
 * The verifier of WRITE, COMMIT and COPY (RFC 5661 18.3.3): another one means that data which was
 * not committed may be lost. It is random at start, and rotates when a sync fails, because the
 * kernel drops the pages it could not write.
 */
public final class WriteVerifier {
  private static final int BYTES = 8;

  private final RandomSource random;
  private volatile Verifier4 current;

  /** A verifier that no earlier instance had. */
  public WriteVerifier(RandomSource random) {
    this.random = random;
    this.current = fresh(random);
  }

  /** The verifier to answer. Take it before the write, so that a rotation meanwhile is noticed. */
  public Verifier4 current() {
    return current;
  }

  /** A sync failed: everything not committed must be written again. */
  public void rotate() {
    current = fresh(random);
  }

  private static Verifier4 fresh(RandomSource random) {
    return new Verifier4(Opaque.of(random.bytes(BYTES)));
  }
}
