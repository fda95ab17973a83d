package io.ferrynfs.server.session;

import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Sequence4Resok;

/** What SEQUENCE decides about a COMPOUND. */
public sealed interface SequenceOutcome {

  /**
   * It is new: execute it, and finish the ticket.
   *
   * @param ticket the slot, taken
   * @param result of SEQUENCE
   */
  record Execute(SlotTicket ticket, Sequence4Resok result) implements SequenceOutcome {}

  /**
   * It was executed before: send this again.
   *
   * @param reply the encoded COMPOUND4res
   */
  @SuppressWarnings("ArrayRecordComponent") // a reply is large, and nobody compares or changes it
  record Replay(byte[] reply) implements SequenceOutcome {}

  /**
   * It was executed before and the client did not want the reply kept: SEQUENCE succeeds and the
   * operation after it fails with NFS4ERR_RETRY_UNCACHED_REP (RFC 8881 section 2.10.6.1.3).
   *
   * @param result of SEQUENCE
   */
  record Uncached(Sequence4Resok result) implements SequenceOutcome {}

  /**
   * SEQUENCE fails; no slot and no lease has changed.
   *
   * @param status why
   */
  record Refuse(Nfsstat4 status) implements SequenceOutcome {}
}
