package io.ferrynfs.server.dispatch;

import io.ferrynfs.server.status.ValidErrors;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** A COMPOUND4res under construction, within the reply limit of the session. */
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

  /** Sets the limit of the session and the error beyond it. */
  void limit(long bytes, Nfsstat4 beyond) {
    bytesMax = bytes;
    tooBig = beyond;
  }

  Nfsstat4 status() {
    return status;
  }

  /**
   * Returns the limit of the next result in bytes.
   *
   * @param last whether no operation follows; otherwise room for its failure is reserved
   */
  int bytesLeft(boolean last) {
    long left = bytesMax - overheadBytes - out.size() - (last ? 0 : FAILURE_BYTES_MAX);
    return Math.clamp(left, 0, Integer.MAX_VALUE);
  }

  /**
   * Adds a result. A result beyond the limit becomes NFS4ERR_REP_TOO_BIG (RFC 8881 section
   * 2.10.6.4). A status that is invalid for the operation becomes the nearest valid one (RFC 8881
   * section 15.2).
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
        // The value does not fit its XDR type. The reply must not contain a part of it.
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
   * Adds the failure of an operation.
   *
   * @param failure the status; the nearest valid one replaces an invalid one
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

  /** Adds the failure of an operation whose result exceeds the limit. */
  void addTooBig(NfsOpnum4 operation) {
    addFailure(operation, tooBig);
  }

  /** Fails the COMPOUND before its first operation. */
  void fail(Nfsstat4 failure) {
    status = failure;
  }

  private void complete() {
    out.patchInt(statusAt, status.value());
    out.patchInt(countAt, count);
  }

  /** Returns the encoded reply for the reply cache. */
  byte[] toByteArray() {
    complete();
    return out.toByteArray();
  }

  /** Moves the reply into an RPC message. */
  void writeTo(XdrWriter message) {
    complete();
    message.append(out);
  }

  /** Discards the reply. */
  void drop() {
    out.release();
  }
}
