package io.ferrynfs.client.backchannel;

import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Args;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The slots of the backchannel and its reply cache (RFC 8881 section 2.10.6.1). The cache keeps
 * every reply, because they are small. Not safe for use by several threads.
 */
final class CallbackSlots {

  private final long[] lastSequenceIds;
  private final @Nullable CbCompound4Res[] replies;

  CallbackSlots(int count) {
    this.lastSequenceIds = new long[count];
    this.replies = new CbCompound4Res[count];
  }

  /** Empties the slots for a new session. */
  void clear() {
    Arrays.fill(lastSequenceIds, 0);
    Arrays.fill(replies, null);
  }

  /** Returns the highest slot id. */
  int highest() {
    return lastSequenceIds.length - 1;
  }

  /** Returns the cached reply to a retry; null if this is not a retry of a completed request. */
  @Nullable CbCompound4Res replay(CbSequence4Args args) {
    return inRange(args) && args.sequenceid() == lastSequenceIds[(int) args.slotid()]
        ? replies[(int) args.slotid()]
        : null;
  }

  /** Begins a new request. Returns the error if slot or sequence id are wrong. */
  Nfsstat4 begin(CbSequence4Args args) {
    if (!inRange(args)) {
      return Nfsstat4.NFS4ERR_BADSLOT;
    }
    int slot = (int) args.slotid();
    if (args.sequenceid() != ((lastSequenceIds[slot] + 1) & 0xFFFF_FFFFL)) {
      return Nfsstat4.NFS4ERR_SEQ_MISORDERED;
    }
    lastSequenceIds[slot] = args.sequenceid();
    replies[slot] = null;
    return Nfsstat4.NFS4_OK;
  }

  /** Ends a request and caches its reply. */
  void end(CbSequence4Args args, CbCompound4Res reply) {
    replies[(int) args.slotid()] = reply;
  }

  private boolean inRange(CbSequence4Args args) {
    return args.slotid() < lastSequenceIds.length;
  }
}
