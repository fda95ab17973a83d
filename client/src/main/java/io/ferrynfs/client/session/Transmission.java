package io.ferrynfs.client.session;

import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sequence4Resok;
import org.jspecify.annotations.Nullable;

/** One transmission of a call. */
record Transmission(SessionCall call, int transmission, SessionConnection on, Compound4Args args) {

  /** Returns whether the call waits for the reply to this transmission. */
  boolean isLast() {
    return call.transmission.get() == transmission;
  }

  /**
   * Returns why a reply belongs to another request; null if it belongs to this one. The results of
   * SEQUENCE repeat session, slot and sequence id of its arguments (RFC 8881 section 18.46.3).
   */
  @Nullable String objection(Sequence4Resok told) {
    if (!(args.argarray().getFirst() instanceof NfsArgop4.Sequence(Sequence4Args asked))) {
      return null;
    }
    if (!told.sessionid().equals(asked.sessionid())) {
      return "the server's reply is to a request of another session";
    }
    if (told.slotid() != asked.slotid()) {
      return other("slot", told.slotid(), asked.slotid());
    }
    return told.sequenceid() == asked.sequenceid()
        ? null
        : other("sequence id", told.sequenceid(), asked.sequenceid());
  }

  private static String other(String what, long told, long asked) {
    return String.format(
        "the server's reply is to a request with %s %d, and this one has %d", what, told, asked);
  }
}
