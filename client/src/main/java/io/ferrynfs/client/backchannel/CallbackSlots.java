package io.ferrynfs.client.backchannel;

import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Args;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The slots of the backchannel and the reply cache (RFC 8881 section 2.10.6.1), seen from the side
 * that answers. Every reply is kept, they are small. Not safe for threads; the service guards it.
 */
final class CallbackSlots {

  private final long[] lastSequenceIds;
  private final @Nullable CbCompound4Res[] replies;

  CallbackSlots(int count) {
    this.lastSequenceIds = new long[count];
    this.replies = new CbCompound4Res[count];
  }

  /** A new session begins with empty slots. */
  void clear() {
    Arrays.fill(lastSequenceIds, 0);
    Arrays.fill(replies, null);
  }

  int highest() {
    return lastSequenceIds.length - 1;
  }

  /** The reply given before, when this is a replay that has one. */
  @Nullable CbCompound4Res replay(CbSequence4Args args) {
    return inRange(args) && args.sequenceid() == lastSequenceIds[(int) args.slotid()]
        ? replies[(int) args.slotid()]
        : null;
  }

  /** Takes a new request, or says what is wrong with its place. */
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

  void end(CbSequence4Args args, CbCompound4Res reply) {
    replies[(int) args.slotid()] = reply;
  }

  private boolean inRange(CbSequence4Args args) {
    return args.slotid() < lastSequenceIds.length;
  }
}
