package io.ferrynfs.server.dispatch;

import io.ferrynfs.server.status.ValidErrors;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** A COMPOUND4res under construction, never longer than the client wants it. */
final class CompoundReply {
  /** The length of the longest failure: SETATTR's, which has an empty bitmap behind its status. */
  static final int FAILURE_BYTES_MAX = 12;

  private static final Logger LOG = System.getLogger(CompoundReply.class.getName());

  private final XdrWriter out = new XdrWriter();
  private final int statusAt;
  private final int countAt;
  private int count;
  private Nfsstat4 status = Nfsstat4.NFS4_OK;
  private long bytesMax;
  private final int overheadBytes;
  private Nfsstat4 tooBig = Nfsstat4.NFS4ERR_REP_TOO_BIG;

  /**
   * Begins a reply.
   *
   * @param bytesMax the maximum length of the whole RPC reply
   * @param overheadBytes how much longer that is than the results, at most: its header and verifier
   */
  CompoundReply(Opaque tag, long bytesMax, int overheadBytes) {
    this.bytesMax = bytesMax;
    this.overheadBytes = overheadBytes;
    statusAt = out.reserveInt();
    out.writeOpaque(tag, tag.size());
    countAt = out.reserveInt();
  }

  /** Sets the limit that the session has, and what to answer beyond it. */
  void limit(long bytes, Nfsstat4 beyond) {
    bytesMax = bytes;
    tooBig = beyond;
  }

  Nfsstat4 status() {
    return status;
  }

  /**
   * How many bytes the next result may have.
   *
   * @param last whether no operation follows; else room for its failure is kept
   */
  int bytesLeft(boolean last) {
    long left = bytesMax - overheadBytes - out.size() - (last ? 0 : FAILURE_BYTES_MAX);
    return Math.clamp(left, 0, Integer.MAX_VALUE);
  }

  /**
   * Adds a result; one that does not fit becomes NFS4ERR_REP_TOO_BIG (RFC 8881 section 2.10.6.4),
   * and a status that the operation may not return the nearest one that it may (section 15.2).
   */
  void add(NfsOpnum4 operation, NfsResop4 result, boolean last) {
    if (!ValidErrors.isValid(operation, result.status())) {
      addFailure(operation, result.status());
      return;
    }
    int start = out.size();
    int room = bytesLeft(last);
    boolean whole = false;
    try {
      result.encode(out);
      whole = true;
    } finally {
      if (!whole) {
        // A value of ours that its type cannot hold: no half of it may be left in the reply.
        out.truncate(start);
      }
    }
    if (out.size() - start > room) {
      out.truncate(start);
      addTooBig(operation);
      return;
    }
    count++;
    status = result.status();
  }

  /**
   * Adds the failure of an operation that was not executed, or failed.
   *
   * @param failure the status, or what becomes the nearest one that the operation may return
   */
  void addFailure(NfsOpnum4 operation, Nfsstat4 failure) {
    NfsResop4 result = failed(operation, ValidErrors.constrain(operation, failure));
    status = result.status();
    result.encode(out);
    count++;
  }

  private static NfsResop4 failed(NfsOpnum4 operation, Nfsstat4 status) {
    try {
      return NfsResop4.failed(operation, status);
    } catch (IllegalArgumentException fault) {
      // The status alone would be a malformed result: only a fault of the server gets here.
      LOG.log(Level.ERROR, () -> operation + " cannot fail with " + status + " alone", fault);
      return NfsResop4.failed(operation, Nfsstat4.NFS4ERR_SERVERFAULT);
    }
  }

  /** Adds the failure of an operation whose result does not fit. */
  void addTooBig(NfsOpnum4 operation) {
    addFailure(operation, tooBig);
  }

  /** Ends the COMPOUND before its first operation. */
  void fail(Nfsstat4 failure) {
    status = failure;
  }

  private void complete() {
    out.patchInt(statusAt, status.value());
    out.patchInt(countAt, count);
  }

  /** The whole reply, to be kept in a slot. */
  byte[] toByteArray() {
    complete();
    return out.toByteArray();
  }

  /** Writes the reply into an RPC message. It now belongs to that message. */
  void writeTo(XdrWriter message) {
    complete();
    message.append(out);
  }

  /** The reply will not be sent. */
  void drop() {
    out.release();
  }
}
