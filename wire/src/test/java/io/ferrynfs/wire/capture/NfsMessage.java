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
 * A decoded RPC message: the header and the arguments or results.
 *
 * @param head the RPC header
 * @param body the arguments or results
 */
record NfsMessage(RpcMsg head, Body body) {
  /** The arguments or results of a procedure. */
  sealed interface Body {
    /** Writes the arguments or results. */
    void encode(XdrWriter out);
  }

  /** The empty body of the NULL procedures. */
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

  /** Returns the first message that a packet of a capture completed. */
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
   * @throws XdrException if the bytes do not match the kind or bytes remain
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

  /** Returns the encoded message. */
  XdrWriter encode() {
    XdrWriter out = new XdrWriter();
    head.encode(out);
    body.encode(out);
    return out;
  }
}
