package ferry.server.operation;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.rpc.Credential;
import ferry.rpc.RpcCall;
import ferry.rpc.RpcConnection;
import ferry.rpc.RpcReject;
import ferry.server.access.Squash;
import ferry.server.config.ServerIdentity;
import ferry.server.config.ServerLimits;
import ferry.server.config.ServerOptions;
import ferry.server.config.ServerOptions.CopyRules;
import ferry.server.config.WriteVerifier;
import ferry.server.dispatch.NfsHandler;
import ferry.server.export.ExportTable;
import ferry.server.session.Clients;
import ferry.server.state.StateTable;
import ferry.storage.AttributeChanges;
import ferry.storage.Caller;
import ferry.storage.CreateMode;
import ferry.storage.Created;
import ferry.storage.Name;
import ferry.storage.OpenAccess;
import ferry.storage.OpenFile;
import ferry.storage.StorageException;
import ferry.storage.Volume;
import ferry.storage.memory.MemoryVolume;
import ferry.wire.nfs4.CallbackSecParms4;
import ferry.wire.nfs4.ChannelAttrs4;
import ferry.wire.nfs4.ClientOwner4;
import ferry.wire.nfs4.Compound4Args;
import ferry.wire.nfs4.Compound4Res;
import ferry.wire.nfs4.CreateSession4Args;
import ferry.wire.nfs4.CreateSession4Res;
import ferry.wire.nfs4.ExchangeId4Args;
import ferry.wire.nfs4.ExchangeId4Res;
import ferry.wire.nfs4.Nfs4;
import ferry.wire.nfs4.NfsArgop4;
import ferry.wire.nfs4.NfsFh4;
import ferry.wire.nfs4.NfsResop4;
import ferry.wire.nfs4.Nfsstat4;
import ferry.wire.nfs4.Open4Res;
import ferry.wire.nfs4.ReclaimComplete4Args;
import ferry.wire.nfs4.Sequence4Args;
import ferry.wire.nfs4.Sessionid4;
import ferry.wire.nfs4.StateProtect4A;
import ferry.wire.nfs4.Stateid4;
import ferry.wire.nfs4.Verifier4;
import ferry.wire.xdr.Opaque;
import ferry.wire.xdr.XdrException;
import ferry.wire.xdr.XdrReader;
import ferry.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server with a volume in memory and a client with a session, without a network between them:
 * whole COMPOUNDs go in as bytes and come out as bytes.
 */
final class FileLab {
  static final Caller OWNER = Caller.of(1000, 1000);

  final TestEnv env = new TestEnv();
  final Volume volume;
  final ExportTable exports;
  final StateTable state;
  final WriteVerifier writeVerifier;
  private final NfsHandler handler;
  private final RpcConnection connection = new NoConnection();
  private final Sessionid4 session;
  private long minorVersion = 2;
  private long sequence;
  private long uid = OWNER.uid();

  FileLab() {
    this(CopyRules.LINUX);
  }

  FileLab(CopyRules rules) {
    this(rules, memory("data"));
  }

  /** A server of these volumes: one at the root, several as /a, /b and so on. */
  FileLab(CopyRules rules, Volume... volumes) {
    volume = volumes[0];
    var entries = new LinkedHashMap<String, ExportTable.Entry>();
    for (int i = 0; i < volumes.length; i++) {
      String path = volumes.length == 1 ? "/" : "/" + (char) ('a' + i);
      entries.put(path, new ExportTable.Entry(volumes[i], Squash.NONE));
    }
    exports = new ExportTable(entries, env.clock().instant());
    ServerLimits limits = ServerLimits.defaults();
    ServerIdentity identity = ServerIdentity.random(env.random());
    state = new StateTable(limits, env.random());
    writeVerifier = new WriteVerifier(env.random());
    Services services =
        new Services(
            env,
            identity,
            limits,
            new ServerOptions(rules),
            exports,
            new Clients(env, identity, limits, state),
            state,
            writeVerifier);
    handler = new NfsHandler(services, OperationTable.standard(), env.pool("bulk", 1, 1));
    session = session();
  }

  static MemoryVolume memory(String name) {
    return MemoryVolume.builder(name, InstantSource.system()).rootMode(0777).build();
  }

  void minorVersion(int version) {
    minorVersion = version;
  }

  /** Further calls come from this user. */
  void user(long newUid) {
    uid = newUid;
  }

  private Sessionid4 session() {
    ExchangeId4Args hello =
        new ExchangeId4Args(
            new ClientOwner4(new Verifier4(Opaque.of(new byte[8])), Opaque.ofUtf8("lab")),
            0,
            new StateProtect4A.None(),
            null);
    var exchanged =
        (ExchangeId4Res.Ok)
            ((NfsResop4.ExchangeId) call(List.of(new NfsArgop4.ExchangeId(hello))).getFirst())
                .res();
    ChannelAttrs4 channel = new ChannelAttrs4(0, 1 << 21, 1 << 21, 4096, 32, 4, null);
    CreateSession4Args create =
        new CreateSession4Args(
            exchanged.value().clientid(),
            exchanged.value().sequenceid(),
            0,
            channel,
            channel,
            0x4000_0000,
            List.of(new CallbackSecParms4.AuthNone()));
    var created =
        (CreateSession4Res.Ok)
            ((NfsResop4.CreateSession)
                    call(List.of(new NfsArgop4.CreateSession(create))).getFirst())
                .res();
    Sessionid4 made = created.value().sessionid();
    run(made, new NfsArgop4.ReclaimComplete(new ReclaimComplete4Args(false)));
    return made;
  }

  /** The results of the operations, SEQUENCE left out. */
  List<NfsResop4> run(NfsArgop4... operations) {
    return run(session, operations);
  }

  private List<NfsResop4> run(Sessionid4 in, NfsArgop4... operations) {
    List<NfsArgop4> all = new ArrayList<>();
    all.add(new NfsArgop4.Sequence(new Sequence4Args(in, ++sequence, 0, 0, false)));
    all.addAll(Arrays.asList(operations));
    List<NfsResop4> results = call(all);
    assertThat(results.getFirst().status()).isEqualTo(Nfsstat4.NFS4_OK);
    return results.subList(1, results.size());
  }

  /** The result of the last of the operations, which all the others must let be reached. */
  NfsResop4 last(NfsArgop4... operations) {
    List<NfsResop4> results = run(operations);
    assertThat(results).as("all operations are reached").hasSize(operations.length);
    return results.getLast();
  }

  /** The status of the last of the operations that were executed. */
  Nfsstat4 status(NfsArgop4... operations) {
    return run(operations).getLast().status();
  }

  /** Opens a file for an owner. */
  Stateid4 open(NfsFh4 file, String owner, long access) {
    return open(file, owner, access, 0);
  }

  Stateid4 open(NfsFh4 file, String owner, long access, long deny) {
    NfsResop4 result = last(Ops.putfh(file), Ops.openCurrent(owner, access, deny));
    return ((Open4Res.Ok) ((NfsResop4.Open) result).res()).value().stateid();
  }

  /** Makes a file behind the server's back. */
  NfsFh4 file(String name, String content) {
    return file(exports.root().volume(), name, content);
  }

  NfsFh4 file(Volume in, String name, String content) {
    try {
      Created created =
          in.create(
              OWNER,
              in.root(),
              Name.of(name),
              CreateMode.unchecked(),
              AttributeChanges.ofMode(0644),
              OpenAccess.WRITE);
      try (OpenFile file = created.file()) {
        file.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)), 0);
      }
      return exports.exports().stream()
          .filter(export -> export.volume().equals(in))
          .map(export -> export.rootRef().sibling(created.handle()).wire())
          .findFirst()
          .orElseThrow();
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  /** The content of a file behind the server's back. */
  String content(String name) {
    return content(volume, name);
  }

  static String content(Volume in, String name) {
    try (OpenFile file =
        in.open(
            Caller.SUPERUSER,
            in.lookup(Caller.SUPERUSER, in.root(), Name.of(name)).handle(),
            OpenAccess.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      file.read(bytes, 0);
      return new String(bytes.array(), StandardCharsets.UTF_8);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  private List<NfsResop4> call(List<NfsArgop4> operations) {
    XdrWriter request = new XdrWriter();
    new Compound4Args(Opaque.EMPTY, minorVersion, operations).encode(request);
    Call call = new Call(new XdrReader(ByteBuffer.wrap(request.toByteArray())), request.size());
    handler.handle(call);
    try {
      assertThat(call.reply).as("the call is answered").isNotNull();
      XdrReader in = new XdrReader(ByteBuffer.wrap(call.reply));
      Compound4Res result = Compound4Res.decode(in);
      in.expectEnd();
      assertThat(result.status()).isEqualTo(result.resarray().getLast().status());
      return result.resarray();
    } catch (XdrException e) {
      throw new AssertionError(e);
    }
  }

  /** A call and the bytes that answer it. */
  private final class Call implements RpcCall {
    private final XdrReader arguments;
    private final int recordBytes;
    private byte @Nullable [] reply;

    Call(XdrReader arguments, int recordBytes) {
      this.arguments = arguments;
      this.recordBytes = recordBytes;
    }

    @Override
    public int xid() {
      return 1;
    }

    @Override
    public int program() {
      return (int) Nfs4.NFS4_PROGRAM;
    }

    @Override
    public int version() {
      return (int) Nfs4.NFS_V4;
    }

    @Override
    public int procedure() {
      return (int) Nfs4.NFSPROC4_COMPOUND;
    }

    @Override
    public Credential credential() {
      return new Credential.Sys(0, Opaque.ofUtf8("lab"), uid, uid, List.of());
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
    public RpcConnection connection() {
      return connection;
    }

    @Override
    public boolean reply(Consumer<XdrWriter> results) {
      XdrWriter out = new XdrWriter();
      results.accept(out);
      reply = out.toByteArray();
      return true;
    }

    @Override
    public boolean reject(RpcReject why) {
      throw new AssertionError("rejected: " + why);
    }

    @Override
    public void drop() {
      throw new AssertionError("dropped");
    }
  }
}
