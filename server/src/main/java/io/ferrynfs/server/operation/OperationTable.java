package io.ferrynfs.server.operation;

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

/** Which class serves which operation number. What is not here answers NFS4ERR_NOTSUPP. */
public final class OperationTable {
  private final Map<NfsOpnum4, Entry> entries;

  private OperationTable(Map<NfsOpnum4, Entry> entries) {
    this.entries = entries;
  }

  /** The served operation, or null when this server has none of that number. */
  public @Nullable Entry find(NfsOpnum4 number) {
    return entries.get(number);
  }

  /** All operations of this server. */
  public static OperationTable standard() {
    Builder table = builder();
    SessionOperations.addTo(table);
    FileOperations.addTo(table);
    return table.build();
  }

  /** A table to fill. */
  public static Builder builder() {
    return new Builder();
  }

  /** An operation with its arms of the argument and result unions. */
  public interface Entry {
    /** See {@link NfsOperation#execute}. */
    NfsResop4 execute(NfsArgop4 arm, CompoundContext c) throws NfsStatusException, StorageException;

    /** Whether {@link #begin} is to be called instead of {@link #execute}. */
    boolean isLate();

    /** See {@link AsyncOperation#begin}. */
    CompletableFuture<NfsResop4> begin(NfsArgop4 arm, CompoundContext c)
        throws NfsStatusException, StorageException;

    /** See {@link NfsOperation#cost}. */
    Cost cost(NfsArgop4 arm);

    /** See {@link NfsOperation#changesState}. */
    boolean changesState();

    /** See {@link NfsOperation#replyBytesMax}. */
    int replyBytesMax(NfsArgop4 arm);
  }

  /** Collects operations. */
  public static final class Builder {
    private final Map<NfsOpnum4, Entry> entries = new EnumMap<>(NfsOpnum4.class);

    private Builder() {}

    /**
     * Adds an operation.
     *
     * @param binding the operation's number and types
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

    /** The finished table. */
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
    public boolean isLate() {
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
