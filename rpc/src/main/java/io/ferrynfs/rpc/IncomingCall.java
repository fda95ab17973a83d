package io.ferrynfs.rpc;

import io.ferrynfs.rpc.auth.ReplyProtection;
import io.ferrynfs.rpc.auth.RpcPrincipal;
import io.ferrynfs.rpc.env.OutgoingRecord;
import io.ferrynfs.rpc.env.ReceivedRecord;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** An incoming call, from its arrival until its reply has been sent. */
final class IncomingCall implements RpcCall, Runnable {
  private final Connection connection;
  private final ReceivedRecord record;
  private final int recordBytes;
  private final int xid;
  private final int program;
  private final int version;
  private final int procedure;
  private final ReplyProtection protection;
  private final XdrReader arguments;
  private final AtomicBoolean answered = new AtomicBoolean();
  private IncomingLoad.Answer answer = IncomingLoad.Answer.NONE;

  /**
   * Creates a call from a record, which it releases with the reply.
   *
   * @param protection the protection of the reply
   * @throws XdrException if the arguments cannot be decrypted or verified; the caller keeps the
   *     record
   */
  IncomingCall(Connection connection, ReceivedRecord record, ReplyProtection protection)
      throws XdrException {
    this.connection = connection;
    this.record = record;
    this.protection = protection;
    this.recordBytes = record.bytes().limit();
    this.xid = record.bytes().getInt(0);
    this.program = record.bytes().getInt(12);
    this.version = record.bytes().getInt(16);
    this.procedure = record.bytes().getInt(20);
    this.arguments = new XdrReader(protection.arguments(record.bytes()));
  }

  @Override
  public int xid() {
    return xid;
  }

  @Override
  public int program() {
    return program;
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public int procedure() {
    return procedure;
  }

  @Override
  public RpcPrincipal principal() {
    return protection.principal();
  }

  @Override
  public XdrReader arguments() {
    return arguments;
  }

  @Override
  public int recordBytes() {
    return recordBytes;
  }

  @Override
  public int replyOverheadBytesMax() {
    return RpcHeader.ACCEPTED_BYTES
        + protection.verifierBytesMax()
        + protection.resultsOverheadBytesMax();
  }

  @Override
  public RpcConnection connection() {
    return connection;
  }

  boolean isAnswered() {
    return answered.get();
  }

  @Override
  public boolean reply(Consumer<XdrWriter> results) {
    claim();
    // The first chunk holds the header. Results that are already encoded are appended without a
    // copy.
    XdrWriter out = new XdrWriter(64);
    boolean isWritten = false;
    try {
      RpcHeader.writeAccepted(out, xid, protection, RpcHeader.SUCCESS);
      protection.writeResults(out, results);
      isWritten = true;
    } finally {
      if (!isWritten) {
        out.release();
        sendReject(RpcReject.SYSTEM_ERR);
      }
    }
    return send(out);
  }

  @Override
  public boolean reject(RpcReject why) {
    claim();
    return sendReject(why);
  }

  private boolean sendReject(RpcReject why) {
    XdrWriter out = new XdrWriter(64);
    RpcHeader.writeReject(out, xid, protection, why);
    return send(out);
  }

  @Override
  public void drop() {
    claim();
    record.release();
    connection.answerLeft(IncomingLoad.Answer.NONE);
  }

  private void claim() {
    if (!answered.compareAndSet(false, true)) {
      throw new IllegalStateException("the call has a reply already");
    }
  }

  private boolean send(XdrWriter out) {
    record.release();
    answer = new IncomingLoad.Answer(out.size(), out.sizeInMemory());
    return connection.sendAnswer(new OutgoingRecord(out, this), answer);
  }

  /** Runs after the reply has been sent or discarded. */
  @Override
  public void run() {
    connection.answerLeft(answer);
  }
}
