package io.ferrynfs.server.compound;

import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsOpnum4Binding;
import io.ferrynfs.wire.nfs4.NfsResop4;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A table of operations by number. The server returns NFS4ERR_NOTSUPP for all others. */
public final class OperationTable {
  private final Map<NfsOpnum4, Entry> entries;

  private OperationTable(Map<NfsOpnum4, Entry> entries) {
    this.entries = entries;
  }

  /** Returns an operation, or null if this server does not have it. */
  public @Nullable Entry find(NfsOpnum4 number) {
    return entries.get(number);
  }

  /** Returns a builder of an empty table. */
  public static Builder builder() {
    return new Builder();
  }

  /** An operation and its arms of the argument union and the result union. */
  public interface Entry {
    /** Calls {@link NfsOperation#execute}. */
    NfsResop4 execute(NfsArgop4 arm, CompoundContext c) throws NfsStatusException, StorageException;

    /**
     * Returns whether the operation is asynchronous: the dispatcher then calls {@link #begin} and
     * not {@link #execute}.
     */
    boolean isAsynchronous();

    /** Calls {@link AsyncOperation#begin}. */
    CompletableFuture<NfsResop4> begin(NfsArgop4 arm, CompoundContext c)
        throws NfsStatusException, StorageException;

    /** Calls {@link NfsOperation#cost}. */
    Cost cost(NfsArgop4 arm);

    /** Calls {@link NfsOperation#changesState}. */
    boolean changesState();

    /** Calls {@link NfsOperation#replyBytesMax}. */
    int replyBytesMax(NfsArgop4 arm);
  }

  /** A builder of OperationTable. */
  public static final class Builder {
    private final Map<NfsOpnum4, Entry> entries = new EnumMap<>(NfsOpnum4.class);

    private Builder() {}

    /**
     * Adds an operation.
     *
     * @param binding the number and the types of the operation
     * @throws IllegalArgumentException if the table has an operation of that number
     */
    public <A, R> Builder add(NfsOpnum4Binding<A, R> binding, NfsOperation<A, R> operation) {
      NfsOpnum4 number = binding.number();
      Entry bound = new Bound<>(binding, operation);
      if (entries.putIfAbsent(number, bound) != null) {
        throw new IllegalArgumentException(number + " is there already");
      }
      return this;
    }

    /** Returns the table. */
    public OperationTable build() {
      return new OperationTable(new EnumMap<>(entries));
    }
  }

  private record Bound<A, R>(NfsOpnum4Binding<A, R> binding, NfsOperation<A, R> operation)
      implements Entry {

    private A argsOf(NfsArgop4 arm) {
      return binding.args().apply(arm);
    }

    @Override
    public NfsResop4 execute(NfsArgop4 any, CompoundContext c)
        throws NfsStatusException, StorageException {
      return binding.result().apply(operation.execute(argsOf(any), c));
    }

    @Override
    public boolean isAsynchronous() {
      return operation instanceof AsyncOperation;
    }

    @Override
    public CompletableFuture<NfsResop4> begin(NfsArgop4 any, CompoundContext c)
        throws NfsStatusException, StorageException {
      if (operation instanceof AsyncOperation<A, R> late) {
        return late.begin(argsOf(any), c).thenApply(binding.result());
      }
      return CompletableFuture.completedFuture(execute(any, c));
    }

    @Override
    public Cost cost(NfsArgop4 any) {
      return operation.cost(argsOf(any));
    }

    @Override
    public boolean changesState() {
      return operation.changesState();
    }

    @Override
    public int replyBytesMax(NfsArgop4 any) {
      return operation.replyBytesMax(argsOf(any));
    }
  }
}
