package io.ferrynfs.server.testing;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.server.testing.TestConnection.Answer;
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

/** Sends COMPOUNDs exactly as told, and decodes whole replies. */
public final class RawClient {
  /** Callbacks come to this program. */
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

  /** AUTH_SYS for a user. */
  public static Credential user(long uid) {
    return new Credential.Sys(0, Opaque.ofUtf8("test"), uid, uid, List.of());
  }

  /** From now on it asks as this user. */
  public RawClient as(Credential who) {
    credential = who;
    return this;
  }

  /** From now on it uses this connection. */
  public RawClient over(TestConnection other) {
    connection = other;
    return this;
  }

  /** From now on it speaks this minor version. */
  public RawClient minorVersion(int version) {
    minorVersion = version;
    return this;
  }

  /** It restarts: another verifier, and nothing remembered. */
  public RawClient restart() {
    verifier = new Verifier4(Opaque.ofUtf8("boot   2"));
    session = null;
    return this;
  }

  /** The server has restarted; the client has not, and has no session with it. */
  public RawClient meets(TestServer instance) {
    connection = instance.connect();
    session = null;
    createSession(exchangeId().sequenceid(), channel(1 << 20, 2048, 16, 8));
    return this;
  }

  /** The connection in use. */
  public TestConnection connection() {
    return connection;
  }

  /** The clientid that EXCHANGE_ID gave. */
  public long clientid() {
    return clientid;
  }

  /** The session in use. */
  public Sessionid4 sessionid() {
    return session().sessionid();
  }

  /** What CREATE_SESSION answered. */
  public CreateSession4Resok session() {
    if (session == null) {
      throw new AssertionError("no session yet");
    }
    return session;
  }

  /** Sends a COMPOUND of just these operations, and leaves the reply for later. */
  public Answer post(NfsArgop4... operations) {
    Compound4Args args = new Compound4Args(Opaque.ofUtf8("tag"), minorVersion, List.of(operations));
    return connection.send(credential, 1, args::encode);
  }

  /** Sends a COMPOUND of just these operations. */
  public Compound4Res compound(NfsArgop4... operations) {
    return decode(post(operations));
  }

  /** The reply in an answer. */
  public static Compound4Res decode(Answer answer) {
    XdrReader in = new XdrReader(answer.results());
    try {
      Compound4Res res = Compound4Res.decode(in);
      in.expectEnd();
      return res;
    } catch (XdrException e) {
      throw new AssertionError("the reply is no COMPOUND4res", e);
    }
  }

  /** Sends operations in the session, in slot 0, after a SEQUENCE. */
  public Compound4Res call(NfsArgop4... operations) {
    sequence++;
    return compound(in(sequence(0, sequence, false), operations));
  }

  /** The status flags of a SEQUENCE with nothing after it. */
  public long statusFlags() {
    if (call().resarray().getFirst() instanceof NfsResop4.Sequence(Sequence4Res.Ok(var ok))) {
      return ok.statusFlags();
    }
    throw new AssertionError("SEQUENCE was refused");
  }

  /** Sends operations in the session and leaves the reply for later. */
  public Answer postCall(NfsArgop4... operations) {
    sequence++;
    return post(in(sequence(0, sequence, false), operations));
  }

  /** A SEQUENCE of the session. */
  public NfsArgop4 sequence(long slot, long sequenceid, boolean cacheThis) {
    return new NfsArgop4.Sequence(
        new Sequence4Args(sessionid(), sequenceid, slot, slot, cacheThis));
  }

  /** Operations with one before them. */
  public static NfsArgop4[] in(NfsArgop4 first, NfsArgop4... rest) {
    List<NfsArgop4> all = new ArrayList<>(rest.length + 1);
    all.add(first);
    all.addAll(List.of(rest));
    return all.toArray(new NfsArgop4[0]);
  }

  /** EXCHANGE_ID with these flags. */
  public NfsArgop4 exchangeIdArgs(long flags) {
    return new NfsArgop4.ExchangeId(
        new ExchangeId4Args(
            new ClientOwner4(verifier, Opaque.ofUtf8(owner)),
            flags,
            new StateProtect4A.None(),
            null));
  }

  /** EXCHANGE_ID, which must succeed. */
  public ExchangeId4Resok exchangeId() {
    return exchangeId(0);
  }

  /** EXCHANGE_ID with flags. */
  public ExchangeId4Resok exchangeId(long flags) {
    Compound4Res res = compound(exchangeIdArgs(flags));
    if (res.resarray().getFirst() instanceof NfsResop4.ExchangeId(ExchangeId4Res.Ok(var ok))) {
      clientid = ok.clientid();
      return ok;
    }
    throw new AssertionError(res);
  }

  /** EXCHANGE_ID, whatever comes of it. */
  public Nfsstat4 tryExchangeId(long flags) {
    return compound(exchangeIdArgs(flags)).status();
  }

  /** What a channel is asked to be. */
  public static ChannelAttrs4 channel(int bytes, int cachedBytes, int operations, int slots) {
    return new ChannelAttrs4(0, bytes, bytes, cachedBytes, operations, slots, null);
  }

  /** CREATE_SESSION with a backchannel on this connection. */
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

  /** CREATE_SESSION, which must succeed; the session becomes the one in use. */
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

  /** All that a mount does: a clientid, a session, RECLAIM_COMPLETE. */
  public RawClient mount() {
    return mount(channel(1 << 20, 2048, 16, 8));
  }

  /** The same with a fore channel of the test's choice. */
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
