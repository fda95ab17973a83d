package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.List;

/**
 * The results of a COMPOUND without its SEQUENCE: one for each operation up to and including the
 * first that failed.
 *
 * @param status the status of the last result
 * @param results the results
 * @param outcomeUnknown whether the server may have executed an earlier transmission, whose reply
 *     was lost with the session
 */
public record Results(Nfsstat4 status, List<NfsResop4> results, boolean outcomeUnknown) {

  /**
   * Returns whether these are the results of a COMPOUND: one for each operation up to the first
   * that failed, or the last (RFC 8881 section 15.2).
   */
  boolean fits(Compound compound) {
    List<NfsArgop4> operations = compound.operations();
    if (results.size() > operations.size() || (ok() && results.size() < operations.size())) {
      return false;
    }
    for (int i = 0; i < results.size(); i++) {
      NfsResop4 result = results.get(i);
      boolean isLast = i == results.size() - 1;
      boolean isNamed =
          result.resop() == operations.get(i).argop()
              || (isLast && result.resop() == NfsOpnum4.OP_ILLEGAL);
      if (!isNamed || result.status() != (isLast ? status : Nfsstat4.NFS4_OK)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the status is NFS4ERR_DELAY or NFS4ERR_GRACE. */
  boolean isDelayed() {
    return status == Nfsstat4.NFS4ERR_DELAY || status == Nfsstat4.NFS4ERR_GRACE;
  }

  public boolean ok() {
    return status == Nfsstat4.NFS4_OK;
  }

  /** Returns whether the operation at an index succeeded. */
  public boolean ok(int index) {
    return index < results.size() && results.get(index).status() == Nfsstat4.NFS4_OK;
  }

  /**
   * Returns the result at an index.
   *
   * @throws CallException if the result is missing or of another operation
   */
  public <T extends NfsResop4> T at(int index, Class<T> type) throws CallException {
    if (index < results.size() && type.isInstance(results.get(index))) {
      return type.cast(results.get(index));
    }
    throw CallException.of(
        CallException.Kind.PROTOCOL, "the server's reply lacks " + type.getSimpleName());
  }

  /** Returns the index of the operation that failed; the number of results if none failed. */
  public int failedIndex() {
    return ok() ? results.size() : Math.max(0, results.size() - 1);
  }

  /** Returns the error as an exception. */
  public CallException failure() {
    NfsOpnum4 operation = results.isEmpty() ? NfsOpnum4.OP_SEQUENCE : results.getLast().resop();
    return CallException.status(operation, status, outcomeUnknown);
  }
}
