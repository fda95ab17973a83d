package io.ferrynfs.server.state;

import io.ferrynfs.server.export.FileKey;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One stateid and what it stands for. All fields that change are guarded by the {@link FileState}
 * of the file.
 *
 * <p>An entry may have children, which stand on it and go with it: byte-range locks and copy-notify
 * stateids on their open or delegation.
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

  /** The stateid as it is now. */
  final Stateid4 stateid() {
    return new Stateid4(seqid, other);
  }

  /** What it stands for has changed: the next seqid, which skips zero (RFC 8881 section 8.2.2). */
  final void advance() {
    seqid = seqid == SEQID_MAX ? 1 : seqid + 1;
  }

  /** How a seqid of a peer relates to ours. */
  final SeqidMatch match(long theirs) {
    if (theirs == 0 || theirs == seqid) {
      return SeqidMatch.CURRENT;
    }
    // Sequence numbers wrap, so "later" is a distance of less than half the circle.
    return ((theirs - seqid) & SEQID_MAX) < 0x8000_0000L ? SeqidMatch.FUTURE : SeqidMatch.OLD;
  }

  /** What serves READ; null when this does not allow it. */
  @Nullable SharedFile reader() {
    return null;
  }

  /** The user who opened the file, or {@link FileUse#BY_SEVERAL}. */
  long openedBy() {
    return FileUse.BY_SEVERAL;
  }

  /** What it stands for. */
  abstract Kind kind();

  /** What serves WRITE; null when this does not allow it. */
  @Nullable SharedFile writer() {
    return null;
  }

  /** Whether the client is told when this is revoked, by the status of the stateid. */
  boolean leavesTrace() {
    return false;
  }

  /** Whether a client that has this is busy: DESTROY_CLIENTID is refused. */
  boolean holdsClient() {
    return true;
  }

  /** Takes the entry off its file, under the file's lock. */
  abstract void detach();

  /** Gives up what the entry holds, under no lock. */
  abstract void release();

  /** Kinds of state, and whether it outlives the lease of its client while nobody minds. */
  enum Kind {
    OPEN(true),
    LOCK(true),
    DELEGATION(true),
    /** Nobody waits for it any more, and it would go on writing. */
    COPY(false),
    /** Others would read with the rights of a client that is gone (RFC 7862 section 4.3.1). */
    NOTIFY(false),
    /** A client that comes back has to learn what it has lost. */
    REVOKED(true);

    final boolean outlivesLease;

    Kind(boolean outlivesLease) {
      this.outlivesLease = outlivesLease;
    }
  }

  /** What {@link #match} found. */
  enum SeqidMatch {
    CURRENT,
    OLD,
    FUTURE
  }
}
