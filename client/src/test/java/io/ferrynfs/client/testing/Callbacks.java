package io.ferrynfs.client.testing;

import io.ferrynfs.rpc.RpcReply;
import io.ferrynfs.rpc.RpcRequest;
import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.wire.nfs4.CbCompound4Args;
import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbSequence4Args;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The backchannel of a {@link ScriptedServer}, on its last connection. */
final class Callbacks {

  private static final int PROGRAM = 0x4000_0000;

  private final ScriptedServer server;
  private @Nullable Sessionid4 calledBackIn;
  private long sequence;

  Callbacks(ScriptedServer server) {
    this.server = server;
  }

  /** Sends CB_OFFLOAD and returns the whole reply. */
  CompletableFuture<CbCompound4Res> offload(NfsFh4 file, Stateid4 stateid, OffloadInfo4 info) {
    return call(new NfsCbArgop4.Offload(new CbOffload4Args(file, stateid, info)), List.of());
  }

  /** Sends a callback and returns the whole reply. */
  CompletableFuture<CbCompound4Res> call(
      NfsCbArgop4 operation, List<ReferringCallList4> referring) {
    Sessionid4 session = server.lastSession();
    if (!session.equals(calledBackIn)) {
      calledBackIn = session;
      sequence = 0;
    }
    CbCompound4Args args =
        new CbCompound4Args(
            Opaque.EMPTY,
            2,
            0,
            List.of(
                new NfsCbArgop4.Sequence(
                    new CbSequence4Args(session, ++sequence, 0, 0, true, referring)),
                operation));
    return server
        .connections()
        .getLast()
        .call(RpcRequest.of(PROGRAM, 1, 1, Credential.none(), args::encode))
        .thenApply(Callbacks::decode);
  }

  /** Repeats the slot and sequence id of the last callback. */
  void repeat() {
    sequence--;
  }

  private static CbCompound4Res decode(RpcReply reply) {
    try (reply) {
      return CbCompound4Res.decode(reply.results());
    } catch (io.ferrynfs.wire.xdr.XdrException malformed) {
      throw new AssertionError(malformed);
    }
  }
}
