package io.ferrynfs.server.state;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stateid and its state. The monitor of its {@link FileState} guards all fields that change.
 *
 * <p>An entry may have children, which end with it: the byte-range locks and copy-notify stateids
 * of an open or a delegation.
 */
abstract sealed class StateEntry
    permits OpenState, LockState, DelegationState, OffloadState, NotifyState, RevokedState {
  private static final long SEQID_MAX = 0xffff_ffffL;

  private final long clientid;
  private final FileState file;
  private final Opaque other;
  private final List<StateEntry> children = new ArrayList<>();
  private long seqid = 1;

  StateEntry(long clientid, FileState file, Opaque other) {
    this.clientid = clientid;
    this.file = file;
    this.other = other;
  }

  final long clientid() {
    return clientid;
  }

  final FileState file() {
    return file;
  }

  final FileKey key() {
    return file.key();
  }

  final Opaque other() {
    return other;
  }

  final List<StateEntry> children() {
    return children;
  }

  /** Returns the current stateid. */
  final Stateid4 stateid() {
    return new Stateid4(seqid, other);
  }

  /** Advances the seqid after a change. It skips zero (RFC 8881 section 8.2.2). */
  final void advance() {
    seqid = seqid == SEQID_MAX ? 1 : seqid + 1;
  }

  /** Compares the seqid of a client with the current one. */
  final SeqidMatch match(long theirs) {
    if (theirs == 0 || theirs == seqid) {
      return SeqidMatch.CURRENT;
    }
    // Seqids wrap, so a future seqid is less than half the number range ahead.
    return ((theirs - seqid) & SEQID_MAX) < 0x8000_0000L ? SeqidMatch.FUTURE : SeqidMatch.OLD;
  }

  /** Returns the file that serves READ, or null if this state does not allow READ. */
  @Nullable SharedFile reader() {
    return null;
  }

  /** Returns the user who opened the file, or {@link FileUse#BY_SEVERAL}. */
  long openedBy() {
    return FileUse.BY_SEVERAL;
  }

  /** Returns the kind of state. */
  abstract Kind kind();

  /** Returns the file that serves WRITE, or null if this state does not allow WRITE. */
  @Nullable SharedFile writer() {
    return null;
  }

  /** Returns whether the stateid still exists after a revocation, so that its status reports it. */
  boolean leavesTrace() {
    return false;
  }

  /** Returns whether this state makes DESTROY_CLIENTID fail with NFS4ERR_CLIENTID_BUSY. */
  boolean holdsClient() {
    return true;
  }

  /** Removes the entry from its file. Called under the file's lock. */
  abstract void detach();

  /** Releases the resources of the entry. Called under no lock. */
  abstract void release();

  /** The kinds of state. Some outlive the lease of a courtesy client. */
  enum Kind {
    OPEN(true),
    LOCK(true),
    DELEGATION(true),
    /** A copy without a client would continue to write. */
    COPY(false),
    /** Other servers would read with the rights of an expired client (RFC 7862 section 4.3.1). */
    NOTIFY(false),
    /** A client that returns has to learn which state it has lost. */
    REVOKED(true);

    final boolean outlivesLease;

    Kind(boolean outlivesLease) {
      this.outlivesLease = outlivesLease;
    }
  }

  /** The result of {@link #match}. */
  enum SeqidMatch {
    CURRENT,
    OLD,
    FUTURE
  }
}
