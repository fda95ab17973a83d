package io.ferrynfs.client.session;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one COMPOUND. The session adds SEQUENCE.
 *
 * <p>A retransmission has the same bytes in the same slot (RFC 8881 section 2.10.6.1.3). A COMPOUND
 * is therefore immutable, and the buffer of a WRITE must not change until the call ends.
 *
 * @param operations the operations
 * @param firstEffect the index of the first operation that is not idempotent; the number of
 *     operations if there is none
 * @param readInto the destination of READ data, null for a buffer of the transport
 * @param timeout how long the server may take
 * @param caller the credential, null for that of the session
 */
public record Compound(
    List<NfsArgop4> operations,
    int firstEffect,
    @Nullable ReadDestination readInto,
    Timeout timeout,
    @Nullable Credential caller) {

  /** How long a reply may take before the call fails. */
  public enum Timeout {
    /** The progress time-out. */
    NORMAL,
    /** Ten progress time-outs while other calls get replies: COPY, CLONE, COMMIT. */
    LONG
  }

  public static Builder of(NfsArgop4... operations) {
    Builder builder = new Builder();
    for (NfsArgop4 operation : operations) {
      builder.add(operation);
    }
    return builder;
  }

  /** Returns whether an operation is not idempotent, so that the server has to cache the reply. */
  public boolean changesState() {
    return firstEffect < operations.size();
  }

  /** Builds a COMPOUND. */
  public static final class Builder {
    private final List<NfsArgop4> operations = new ArrayList<>();
    private int firstEffect = Integer.MAX_VALUE;
    private @Nullable ReadDestination readInto;
    private Timeout timeout = Timeout.NORMAL;
    private @Nullable Credential caller;

    private Builder() {}

    public Builder add(NfsArgop4 operation) {
      operations.add(operation);
      return this;
    }

    public Builder addAll(List<NfsArgop4> more) {
      operations.addAll(more);
      return this;
    }

    /** Adds an operation that is not idempotent. */
    public Builder once(NfsArgop4 operation) {
      firstEffect = Math.min(firstEffect, operations.size());
      return add(operation);
    }

    /** Returns the index of the next operation and of its result. */
    public int next() {
      return operations.size();
    }

    /** Receives READ or READ_PLUS data straight into a buffer, from its position on. */
    public Builder readInto(ByteBuffer buffer) {
      return readInto(new ReadDestination.Memory(buffer));
    }

    /** Receives READ data straight into a destination; READ_PLUS data only if it is memory. */
    public Builder readInto(ReadDestination place) {
      readInto = place;
      return this;
    }

    /** Sets the timeout {@link Timeout#LONG}. */
    public Builder longRunning() {
      timeout = Timeout.LONG;
      return this;
    }

    /** Sets the credential. */
    public Builder as(Credential user) {
      caller = user;
      return this;
    }

    public Compound build() {
      return new Compound(
          List.copyOf(operations),
          Math.min(firstEffect, operations.size()),
          readInto,
          timeout,
          caller);
    }
  }
}
