package io.ferrynfs.server.endtoend;

import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.wire.nfs4.CallbackSecParms4;
import io.ferrynfs.wire.nfs4.ClientOwner4;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.StateProtect4A;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;

/** A peer that sends arbitrary bytes over a plain socket. */
final class RawPeer implements AutoCloseable {
  private static final int NFS_PROGRAM = 100_003;
  private static final int NFS_VERSION = 4;
  private static final int COMPOUND = 1;
  private static final int LAST_FRAGMENT = 0x8000_0000;
  private static final int REPLY_HEADER_BYTES = 24;
  private static final int RECEIVE_BUFFER_BYTES = 64 << 10;
  private static final int WAIT_MILLIS_MAX = 20_000;

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private int xid;
  private Sessionid4 session = new Sessionid4(Opaque.of(new byte[16]));
  private long sequence;

  RawPeer(InetSocketAddress server) throws IOException {
    socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
    socket.connect(server, WAIT_MILLIS_MAX);
    socket.setSoTimeout(WAIT_MILLIS_MAX);
    in = new DataInputStream(socket.getInputStream());
  }

  /** Sends the bytes unchanged. */
  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Shuts down the output; input continues. */
  void finish() throws IOException {
    socket.shutdownOutput();
  }

  /** Returns whether the server closes the connection, possibly after more data. */
  boolean isClosedByServer() {
    try {
      while (in.read() >= 0) {
        in.skip(in.available());
      }
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  /** Returns a record with an RPC call of the superuser. */
  byte[] call(int rpcVersion, int program, int version, int procedure, byte[] arguments) {
    XdrWriter out = new XdrWriter();
    out.writeInt(++xid);
    out.writeInt(0);
    out.writeInt(rpcVersion);
    out.writeInt(program);
    out.writeInt(version);
    out.writeInt(procedure);
    out.writeInt(1);
    out.writeOpaque(authSys(), 400);
    out.writeInt(0);
    out.writeInt(0);
    byte[] header = out.toByteArray();
    int length = header.length + arguments.length;
    return ByteBuffer.allocate(Integer.BYTES + length)
        .putInt(LAST_FRAGMENT | length)
        .put(header)
        .put(arguments)
        .array();
  }

  private static Opaque authSys() {
    XdrWriter out = new XdrWriter();
    out.writeInt(0);
    out.writeOpaque(Opaque.ofUtf8("raw"), 255);
    out.writeInt(0);
    out.writeInt(0);
    out.writeInt(0);
    return Opaque.of(out.toByteArray());
  }

  /** Returns a record with a COMPOUND call. */
  byte[] compoundCall(NfsArgop4... operations) {
    XdrWriter out = new XdrWriter();
    new Compound4Args(Opaque.EMPTY, 2, List.of(operations)).encode(out);
    return call(2, NFS_PROGRAM, NFS_VERSION, COMPOUND, out.toByteArray());
  }

  /** Returns a record with a COMPOUND call in a slot of the session. */
  byte[] sessionCall(long slot, long sequenceid, NfsArgop4... operations) {
    Sequence4Args args = new Sequence4Args(session, sequenceid, slot, slot, false);
    return compoundCall(RawClient.in(new NfsArgop4.Sequence(args), operations));
  }

  /** Returns the next record without its marker. */
  byte[] record() throws IOException {
    byte[] bytes = new byte[in.readInt() & ~LAST_FRAGMENT];
    in.readFully(bytes);
    return bytes;
  }

  /** Returns the next record, which must be an accepted reply. */
  Compound4Res reply() throws IOException {
    try {
      return Compound4Res.decode(
          new XdrReader(ByteBuffer.wrap(record()).position(REPLY_HEADER_BYTES).slice()));
    } catch (XdrException e) {
      throw new IOException(e);
    }
  }

  private Compound4Res compound(NfsArgop4... operations) throws IOException {
    send(compoundCall(operations));
    return reply();
  }

  /** Sends a COMPOUND in slot 0, which must succeed. */
  List<NfsResop4> inSession(NfsArgop4... operations) throws IOException {
    send(sessionCall(0, ++sequence, operations));
    Compound4Res res = reply();
    if (res.status() != Nfsstat4.NFS4_OK) {
      throw new AssertionError(res);
    }
    return res.resarray();
  }

  /** Obtains a clientid, creates a session with this many slots and sends RECLAIM_COMPLETE. */
  RawPeer mount(String owner, int slots) throws IOException {
    Verifier4 boot = new Verifier4(Opaque.ofUtf8("boot   1"));
    ClientOwner4 self = new ClientOwner4(boot, Opaque.ofUtf8(owner));
    Compound4Res exchanged =
        compound(
            new NfsArgop4.ExchangeId(
                new ExchangeId4Args(self, 0, new StateProtect4A.None(), null)));
    if (!(exchanged.resarray().getFirst()
        instanceof NfsResop4.ExchangeId(ExchangeId4Res.Ok(ExchangeId4Resok client)))) {
      throw new AssertionError(exchanged);
    }
    CreateSession4Args requested =
        new CreateSession4Args(
            client.clientid(),
            client.sequenceid(),
            0,
            RawClient.channel((1 << 20) + 4096, 2048, 16, slots),
            RawClient.channel(4096, 0, 2, 1),
            RawClient.CB_PROGRAM,
            List.of(new CallbackSecParms4.AuthNone()));
    Compound4Res created = compound(new NfsArgop4.CreateSession(requested));
    if (!(created.resarray().getFirst()
        instanceof NfsResop4.CreateSession(CreateSession4Res.Ok(var ok)))) {
      throw new AssertionError(created);
    }
    session = ok.sessionid();
    inSession(new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(false)));
    return this;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
