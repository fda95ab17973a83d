package io.ferrynfs.rpc;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A program for tests: some procedures reply immediately, and one replies on request of the test.
 */
final class Echo implements RpcHandler {
  static final int PROGRAM = 400_000;
  static final int VERSION = 1;

  static final int NULL = 0;
  static final int ECHO = 1;
  static final int LATER = 2;
  static final int ZEROS = 3;
  static final int BROKEN = 4;
  static final int WHO = 5;

  static final int BYTES_MAX = 1 << 20;

  /** The pending calls of LATER, in the order of their arrival. */
  final Deque<RpcCall> later = new ArrayDeque<>();

  @Override
  public void handle(RpcCall call) {
    if (call.program() != PROGRAM) {
      call.reject(RpcReject.PROG_UNAVAIL);
    } else if (call.version() != VERSION) {
      call.reject(new RpcReject.ProgMismatch(VERSION, VERSION));
    } else {
      try {
        procedure(call);
      } catch (XdrException e) {
        call.reject(RpcReject.GARBAGE_ARGS);
      }
    }
  }

  private void procedure(RpcCall call) throws XdrException {
    switch (call.procedure()) {
      case NULL -> call.reply(out -> {});
      case ECHO -> {
        Opaque text = call.arguments().readOpaque(BYTES_MAX);
        call.reply(out -> out.writeOpaque(text, BYTES_MAX));
      }
      case LATER -> later.addLast(call);
      case ZEROS -> {
        int length = call.arguments().readInt();
        call.reply(out -> {
          out.writeInt(7);
          out.writePayload(BufferPayload.of(new byte[length]), BYTES_MAX);
          out.writeInt(8);
        });
      }
      case WHO -> {
        Opaque who = Opaque.ofUtf8(String.valueOf(call.principal()));
        call.reply(out -> out.writeOpaque(who, BYTES_MAX));
      }
      case BROKEN -> throw new IllegalStateException("intended failure");
      default -> call.reject(RpcReject.PROC_UNAVAIL);
    }
  }

  /** Replies to the oldest or the newest call of LATER with its argument. */
  void answer(boolean isNewest) {
    RpcCall call = isNewest ? later.removeLast() : later.removeFirst();
    answer(call);
  }

  static void answer(RpcCall call) {
    Opaque text = read(call.arguments());
    call.reply(out -> out.writeOpaque(text, BYTES_MAX));
  }

  static Opaque read(XdrReader in) {
    try {
      return in.readOpaque(BYTES_MAX);
    } catch (XdrException e) {
      throw new IllegalStateException(e);
    }
  }

  static RpcRequest request(int procedure, String text) {
    return RpcRequest.of(
        PROGRAM,
        VERSION,
        procedure,
        Credential.none(),
        out -> out.writeOpaque(Opaque.ofUtf8(text), BYTES_MAX));
  }

  /** Returns the text of a reply, and closes the reply. */
  static String text(RpcReply reply) {
    try (reply) {
      return read(reply.results()).utf8();
    }
  }
}
