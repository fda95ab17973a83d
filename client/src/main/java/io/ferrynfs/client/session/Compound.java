package io.ferrynfs.client.session;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one COMPOUND without its SEQUENCE, which the session puts in front.
 *
 * <p>Sent again after a lost connection, a request must have the same bytes in the same slot (RFC
 * RFC 8881 section 2.10.6.1.3): so nothing here changes once built, and the buffer of a WRITE must
 * be left alone until the call is over.
 *
 * @param operations what to do
 * @param firstEffect the index of the first operation that must not be executed twice, the number
 *     of operations if there is none
 * @param readInto where the data of the READ in it goes, null for a buffer of the transport's
 * @param timeout how much longer than usual the server may take
 * @param caller who calls, null for the session's own user
 */
public record Compound(
    List<NfsArgop4> operations,
    int firstEffect,
    @Nullable ReadDestination readInto,
    Timeout timeout,
    @Nullable Credential caller) {

  /** How long an answer may take before the call fails. */
  public enum Timeout {
    /** The progress time-out. */
    NORMAL,
    /** Ten times as long, as long as the server answers others: COPY, CLONE, COMMIT. */
    LONG
  }

  public static Builder of(NfsArgop4... operations) {
    Builder builder = new Builder();
    for (NfsArgop4 operation : operations) {
      builder.add(operation);
    }
    return builder;
  }

  /** Whether executing this twice differs from executing it once: the server keeps the reply. */
  public boolean changesState() {
    return firstEffect < operations.size();
  }

  /** Collects operations. */
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

    /** An operation that must not be executed twice. */
    public Builder once(NfsArgop4 operation) {
      firstEffect = Math.min(firstEffect, operations.size());
      return add(operation);
    }

    /** The next operation's index, which is its result's index too. */
    public int next() {
      return operations.size();
    }

    /** READ or READ_PLUS data is received straight into this buffer, from its position on. */
    public Builder readInto(ByteBuffer buffer) {
      return readInto(new ReadDestination.Memory(buffer));
    }

    /** READ data is received straight to there; READ_PLUS data only if it is memory. */
    public Builder readInto(ReadDestination place) {
      readInto = place;
      return this;
    }

    public Builder longRunning() {
      timeout = Timeout.LONG;
      return this;
    }

    /** In the name of another user than the session's. */
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
