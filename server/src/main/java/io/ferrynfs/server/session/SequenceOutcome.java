package io.ferrynfs.server.session;

import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sequence4Resok;

/** The decision of SEQUENCE about a COMPOUND. */
public sealed interface SequenceOutcome {

  /**
   * The request is new: execute it and finish the ticket.
   *
   * @param ticket the busy slot
   * @param result the result of SEQUENCE
   */
  record Execute(SlotTicket ticket, Sequence4Resok result) implements SequenceOutcome {}

  /**
   * The request was executed before: send the cached reply.
   *
   * @param reply the encoded COMPOUND4res
   */
  @SuppressWarnings("ArrayRecordComponent") // a reply is large and never compared or changed
  record Replay(byte[] reply) implements SequenceOutcome {}

  /**
   * The request was executed before without caching: SEQUENCE succeeds and the next operation fails
   * with NFS4ERR_RETRY_UNCACHED_REP (RFC 8881 section 2.10.6.1.3).
   *
   * @param result the result of SEQUENCE
   */
  record Uncached(Sequence4Resok result) implements SequenceOutcome {}

  /**
   * SEQUENCE fails without a change of slot and lease.
   *
   * @param status the status of SEQUENCE
   */
  record Refuse(Nfsstat4 status) implements SequenceOutcome {}
}
