package io.ferrynfs.wire.capture;

import io.ferrynfs.wire.capture.CapturedMessage.Kind;
import io.ferrynfs.wire.nfs4.CbCompound4Args;
import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.rpc.RpcMsg;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;

/**
 * A decoded RPC message: its head, and the arguments or results that follow.
 *
 * @param head what RPC itself says
 * @param body what the procedure says
 */
record NfsMessage(RpcMsg head, Body body) {
  /** The arguments or results of a procedure. */
  sealed interface Body {
    /** Writes them. */
    void encode(XdrWriter out);
  }

  /** Of the NULL procedures: nothing. */
  record Nothing() implements Body {
    @Override
    public void encode(XdrWriter out) {}
  }

  /** Arguments of COMPOUND. */
  record Call(Compound4Args value) implements Body {
    @Override
    public void encode(XdrWriter out) {
      value.encode(out);
    }
  }

  /** Results of COMPOUND. */
  record Reply(Compound4Res value) implements Body {
    @Override
    public void encode(XdrWriter out) {
      value.encode(out);
    }
  }

  /** Arguments of CB_COMPOUND. */
  record CbCall(CbCompound4Args value) implements Body {
    @Override
    public void encode(XdrWriter out) {
      value.encode(out);
    }
  }

  /** Results of CB_COMPOUND. */
  record CbReply(CbCompound4Res value) implements Body {
    @Override
    public void encode(XdrWriter out) {
      value.encode(out);
    }
  }

  /** The first message that a frame of a capture completed. */
  static NfsMessage ofFrame(String capture, int frame) throws XdrException {
    for (CapturedMessage message : CapturedMessage.ofResource(capture)) {
      if (message.frame() == frame) {
        return decode(message.kind(), message.bytes());
      }
    }
    throw new IllegalArgumentException("no message in frame " + frame + " of " + capture);
  }

  /**
   * Decodes a whole message.
   *
   * @throws XdrException when it is not what its kind says, or does not end where it should
   */
  static NfsMessage decode(Kind kind, Opaque bytes) throws XdrException {
    XdrReader in = new XdrReader(bytes.asByteBuffer());
    RpcMsg head = RpcMsg.decode(in);
    Body body =
        switch (kind) {
          case NULL_CALL, NULL_REPLY, CB_NULL_CALL, CB_NULL_REPLY -> new Nothing();
          case COMPOUND_CALL -> new Call(Compound4Args.decode(in));
          case COMPOUND_REPLY -> new Reply(Compound4Res.decode(in));
          case CB_COMPOUND_CALL -> new CbCall(CbCompound4Args.decode(in));
          case CB_COMPOUND_REPLY -> new CbReply(CbCompound4Res.decode(in));
        };
    in.expectEnd();
    return new NfsMessage(head, body);
  }

  /** The message as it goes over the wire. */
  XdrWriter encode() {
    XdrWriter out = new XdrWriter();
    head.encode(out);
    body.encode(out);
    return out;
  }
}
