package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.List;

/**
 * The results of a COMPOUND, without its SEQUENCE: one for each operation up to and including the
 * first that failed.
 *
 * @param status the status of the last result
 * @param results the results
 * @param perhapsDone whether an earlier transmission, whose reply was lost together with the
 *     session, may have carried this out already
 */
public record Results(Nfsstat4 status, List<NfsResop4> results, boolean perhapsDone) {

  /**
   * Whether these are results of this call: one for each operation up to the first that failed, or
   * to the last (RFC 8881 section 15.2).
   */
  boolean fits(Compound compound) {
    List<NfsArgop4> asked = compound.operations();
    if (results.size() > asked.size() || (ok() && results.size() < asked.size())) {
      return false;
    }
    for (int i = 0; i < results.size(); i++) {
      NfsResop4 result = results.get(i);
      boolean isLast = i == results.size() - 1;
      boolean isNamed =
          result.resop() == asked.get(i).argop()
              || (isLast && result.resop() == NfsOpnum4.OP_ILLEGAL);
      if (!isNamed || result.status() != (isLast ? status : Nfsstat4.NFS4_OK)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the server has asked to come again later. */
  boolean isPutOff() {
    return status == Nfsstat4.NFS4ERR_DELAY || status == Nfsstat4.NFS4ERR_GRACE;
  }

  public boolean ok() {
    return status == Nfsstat4.NFS4_OK;
  }

  /** Whether the operation at this index was executed and succeeded. */
  public boolean ok(int index) {
    return index < results.size() && results.get(index).status() == Nfsstat4.NFS4_OK;
  }

  /**
   * The result at an index.
   *
   * @throws CallException if the server sent another one there: its answer does not fit the call
   */
  public <T extends NfsResop4> T at(int index, Class<T> type) throws CallException {
    if (index < results.size() && type.isInstance(results.get(index))) {
      return type.cast(results.get(index));
    }
    throw CallException.of(
        CallException.Kind.PROTOCOL, "the server's reply lacks " + type.getSimpleName());
  }

  /** The index of the operation that failed; the number of results if none did. */
  public int failedIndex() {
    return ok() ? results.size() : Math.max(0, results.size() - 1);
  }

  /** The error as an exception. */
  public CallException failure() {
    NfsOpnum4 operation = results.isEmpty() ? NfsOpnum4.OP_SEQUENCE : results.getLast().resop();
    return CallException.status(operation, status, perhapsDone);
  }
}
