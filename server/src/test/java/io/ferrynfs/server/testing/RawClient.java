package io.ferrynfs.server.testing;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.wire.nfs4.CallbackSecParms4;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.ClientOwner4;
import io.ferrynfs.wire.nfs4.Compound4Args;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Args;
import io.ferrynfs.wire.nfs4.CreateSession4Res;
import io.ferrynfs.wire.nfs4.CreateSession4Resok;
import io.ferrynfs.wire.nfs4.ExchangeId4Args;
import io.ferrynfs.wire.nfs4.ExchangeId4Res;
import io.ferrynfs.wire.nfs4.ExchangeId4Resok;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.ReclaimComplete4Args;
import io.ferrynfs.wire.nfs4.Sequence4Args;
import io.ferrynfs.wire.nfs4.Sequence4Res;
import io.ferrynfs.wire.nfs4.Sessionid4;
import io.ferrynfs.wire.nfs4.StateProtect4A;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client that sends COMPOUNDs exactly as the test gives them, and decodes whole replies. */
public final class RawClient {
  /** The program number for callbacks. */
  public static final int CB_PROGRAM = 0x40000000;

  private final String owner;
  private TestConnection connection;
  private Verifier4 verifier = new Verifier4(Opaque.ofUtf8("boot   1"));
  private Credential credential = user(0);
  private int minorVersion = 2;
  private @Nullable CreateSession4Resok session;
  private long clientid;
  private long sequence;

  RawClient(TestServer server, String owner) {
    this.owner = owner;
    this.connection = server.connect();
  }

  /** Returns the AUTH_SYS credential of a user. */
  public static Credential user(long uid) {
    return new Credential.Sys(0, Opaque.ofUtf8("test"), uid, uid, List.of());
  }

  /** Sends later calls with this credential. */
  public RawClient as(Credential user) {
    credential = user;
    return this;
  }

  /** Sends later calls on this connection. */
  public RawClient onConnection(TestConnection other) {
    connection = other;
    return this;
  }

  /** Sends later calls with this minor version. */
  public RawClient minorVersion(int version) {
    minorVersion = version;
    return this;
  }

  /** Restarts the client: it gets another boot verifier and forgets its session. */
  public RawClient restart() {
    verifier = new Verifier4(Opaque.ofUtf8("boot   2"));
    session = null;
    return this;
  }

  /**
   * Connects to a restarted server and creates a session with it; the client itself has not
   * restarted.
   */
  public RawClient reconnect(TestServer instance) {
    connection = instance.connect();
    session = null;
    createSession(exchangeId().sequenceid(), channel(1 << 20, 2048, 16, 8));
    return this;
  }

  /** Returns the current connection. */
  public TestConnection connection() {
    return connection;
  }

  /** Returns the clientid that EXCHANGE_ID returned. */
  public long clientid() {
    return clientid;
  }

  /** Returns the sessionid of the current session. */
  public Sessionid4 sessionid() {
    return session().sessionid();
  }

  /** Returns the result of CREATE_SESSION. */
  public CreateSession4Resok session() {
    if (session == null) {
      throw new AssertionError("no session yet");
    }
    return session;
  }

  /** Sends a COMPOUND of only these operations and does not wait for the reply. */
  public CallReply post(NfsArgop4... operations) {
    Compound4Args args = new Compound4Args(Opaque.ofUtf8("tag"), minorVersion, List.of(operations));
    return connection.send(credential, 1, args::encode);
  }

  /** Sends a COMPOUND of only these operations. */
  public Compound4Res compound(NfsArgop4... operations) {
    return decode(post(operations));
  }

  /** Returns the decoded reply. */
  public static Compound4Res decode(CallReply answer) {
    XdrReader in = new XdrReader(answer.results());
    try {
      Compound4Res res = Compound4Res.decode(in);
      in.expectEnd();
      return res;
    } catch (XdrException e) {
      throw new AssertionError("the reply is not a COMPOUND4res", e);
    }
  }

  /** Sends operations after a SEQUENCE in slot 0 of the session. */
  public Compound4Res call(NfsArgop4... operations) {
    sequence++;
    return compound(in(sequence(0, sequence, false), operations));
  }

  /** Returns the status flags of a COMPOUND that contains only SEQUENCE. */
  public long statusFlags() {
    if (call().resarray().getFirst() instanceof NfsResop4.Sequence(Sequence4Res.Ok(var ok))) {
      return ok.statusFlags();
    }
    throw new AssertionError("SEQUENCE failed");
  }

  /** Sends operations after a SEQUENCE in slot 0 and does not wait for the reply. */
  public CallReply postCall(NfsArgop4... operations) {
    sequence++;
    return post(in(sequence(0, sequence, false), operations));
  }

  /** Returns a SEQUENCE of the session. */
  public NfsArgop4 sequence(long slot, long sequenceid, boolean cacheThis) {
    return new NfsArgop4.Sequence(
        new Sequence4Args(sessionid(), sequenceid, slot, slot, cacheThis));
  }

  /** Returns the operations with another one before them. */
  public static NfsArgop4[] in(NfsArgop4 first, NfsArgop4... rest) {
    List<NfsArgop4> all = new ArrayList<>(rest.length + 1);
    all.add(first);
    all.addAll(List.of(rest));
    return all.toArray(new NfsArgop4[0]);
  }

  /** Returns an EXCHANGE_ID with these flags. */
  public NfsArgop4 exchangeIdArgs(long flags) {
    return new NfsArgop4.ExchangeId(
        new ExchangeId4Args(
            new ClientOwner4(verifier, Opaque.ofUtf8(owner)),
            flags,
            new StateProtect4A.None(),
            null));
  }

  /** Sends an EXCHANGE_ID, which must succeed. */
  public ExchangeId4Resok exchangeId() {
    return exchangeId(0);
  }

  /** Sends an EXCHANGE_ID with these flags, which must succeed. */
  public ExchangeId4Resok exchangeId(long flags) {
    Compound4Res res = compound(exchangeIdArgs(flags));
    if (res.resarray().getFirst() instanceof NfsResop4.ExchangeId(ExchangeId4Res.Ok(var ok))) {
      clientid = ok.clientid();
      return ok;
    }
    throw new AssertionError(res);
  }

  /** Sends an EXCHANGE_ID with these flags and returns its status. */
  public Nfsstat4 tryExchangeId(long flags) {
    return compound(exchangeIdArgs(flags)).status();
  }

  /** Returns the requested attributes of a channel. */
  public static ChannelAttrs4 channel(int bytes, int cachedBytes, int operations, int slots) {
    return new ChannelAttrs4(0, bytes, bytes, cachedBytes, operations, slots, null);
  }

  /** Returns a CREATE_SESSION with a backchannel on this connection. */
  public NfsArgop4 createSessionArgs(long sequenceid, ChannelAttrs4 fore) {
    return new NfsArgop4.CreateSession(
        new CreateSession4Args(
            clientid,
            sequenceid,
            Nfs4.CREATE_SESSION4_FLAG_CONN_BACK_CHAN,
            fore,
            channel(4096, 0, 2, 4),
            CB_PROGRAM,
            List.of(new CallbackSecParms4.AuthNone())));
  }

  /** Sends a CREATE_SESSION, which must succeed; the session becomes the current one. */
  public CreateSession4Resok createSession(long sequenceid, ChannelAttrs4 fore) {
    Compound4Res res = compound(createSessionArgs(sequenceid, fore));
    if (res.resarray().getFirst()
        instanceof NfsResop4.CreateSession(CreateSession4Res.Ok(CreateSession4Resok ok))) {
      session = ok;
      sequence = 0;
      return ok;
    }
    throw new AssertionError(res);
  }

  /** Does what a mount does: obtains a clientid, creates a session and sends RECLAIM_COMPLETE. */
  public RawClient mount() {
    return mount(channel(1 << 20, 2048, 16, 8));
  }

  /** Mounts with these attributes of the fore channel. */
  public RawClient mount(ChannelAttrs4 fore) {
    long sequenceid = exchangeId().sequenceid();
    createSession(sequenceid, fore);
    Compound4Res res = call(new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(false)));
    if (res.status() != Nfsstat4.NFS4_OK) {
      throw new AssertionError(res);
    }
    return this;
  }
}
