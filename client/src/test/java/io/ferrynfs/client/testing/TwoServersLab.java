package io.ferrynfs.client.testing;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsClientBuilder;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.address.UniversalAddress;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.Clone4Res;
import io.ferrynfs.wire.nfs4.Close4Res;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Commit4Resok;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyNotify4Args;
import io.ferrynfs.wire.nfs4.CopyNotify4Res;
import io.ferrynfs.wire.nfs4.CopyNotify4Resok;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.Fsid4;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.Getfh4Res;
import io.ferrynfs.wire.nfs4.Getfh4Resok;
import io.ferrynfs.wire.nfs4.Lookup4Res;
import io.ferrynfs.wire.nfs4.Netaddr4;
import io.ferrynfs.wire.nfs4.Netloc4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Res;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.OffloadStatus4Res;
import io.ferrynfs.wire.nfs4.OffloadStatus4Resok;
import io.ferrynfs.wire.nfs4.Open4Args;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Open4Resok;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.Savefh4Res;
import io.ferrynfs.wire.nfs4.Setattr4Res;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.Write4Args;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.nfs4.Write4Resok;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A source and a destination server, both scripted, with a client of each. A test supplies the
 * results of copies. The source has {@code /a}; its copies are {@code /b} on the destination.
 */
public final class TwoServersLab {

  /** Longer than every operation. */
  public static final Duration LONG = Duration.ofHours(3);

  /** The address at which the source can be read. */
  public static final List<Netloc4> ADDRESSES =
      List.of(
          new Netloc4.Netaddr(new Netaddr4(Opaque.ofUtf8("tcp"), Opaque.ofUtf8("10.9.9.1.8.1"))),
          new Netloc4.Name(Opaque.ofUtf8("source.example")));

  /** A COMPOUND without SEQUENCE. */
  public record Request(String server, List<NfsArgop4> operations) {}

  public final Simulation world = new Simulation(7);
  public final Side source;
  public final Side destination;
  public final NfsFile a;
  public final NfsFile b;

  public Function<CopyNotify4Args, CopyNotify4Res> notify = args -> noticed(++this.notices);
  public Function<Copy4Args, Copy4Res> copy = args -> new Copy4Res.Failed(Nfsstat4.NFS4ERR_NOTSUPP);
  public Function<Stateid4, OffloadStatus4Res> status =
      stateid -> new OffloadStatus4Res.Ok(new OffloadStatus4Resok(0, null));

  /** The number of COPY_NOTIFYs answered. */
  public int notices;

  private final List<Request> requests = new ArrayList<>();

  /** Creates two servers with different owners. */
  public TwoServersLab(int bytes) throws IOException, ExecutionException {
    this(bytes, lab -> {});
  }

  /** Creates two servers, which a test modifies before the clients connect. */
  public TwoServersLab(int bytes, Consumer<TwoServersLab> before)
      throws IOException, ExecutionException {
    source = new Side("source", 1, 0);
    destination = new Side("destination", 2, 100);
    byte[] content = new byte[bytes];
    new java.util.Random(bytes).nextBytes(content);
    source.files.put("/a", content);
    before.accept(this);
    source.connect();
    destination.connect();
    a = await(source.client().openAsync(NfsPath.of("/a"), NfsOpenOptions.forReading()));
    b = await(destination.client().openAsync(NfsPath.of("/b"), NfsOpenOptions.forReplacing(0644)));
    forget();
  }

  /** A server, its files and its client. */
  public final class Side {

    public final ScriptedServer server;
    public final Map<String, byte[]> files = new HashMap<>();

    /** The change attribute of all files, also the seconds of their times. */
    public long change = 1;

    public Verifier4 verifier = CopyLab.verifier(1);
    public Function<NfsFh4, Nfsstat4> put = handle -> Nfsstat4.NFS4_OK;

    /** Returns the result of an operation; null for the default result. */
    public Function<NfsArgop4, @Nullable NfsResop4> instead = operation -> null;

    public Function<Stateid4, Nfsstat4> cancel = stateid -> Nfsstat4.NFS4_OK;

    private final String name;
    private final byte number;
    private final Callbacks callbacks;
    private NfsFh4 current = CopyLab.fh("");
    private int opens;
    private @Nullable NfsClient client;

    private Side(String name, int number, int opens) throws IOException {
      this.name = name;
      this.number = (byte) number;
      this.opens = opens;
      server = new ScriptedServer(world.host(name));
      server.owner = name;
      server.script = this::answer;
      callbacks = new Callbacks(server);
      server.sequenceStatus =
          args -> {
            requests.add(new Request(name, new ArrayList<>()));
            return Nfsstat4.NFS4_OK;
          };
    }

    /** Returns the address of the server. */
    public InetSocketAddress address() {
      try {
        return new InetSocketAddress(
            InetAddress.getByAddress(name, new byte[] {10, 0, 0, number}), ScriptedServer.PORT);
      } catch (java.net.UnknownHostException impossible) {
        throw new AssertionError(impossible);
      }
    }

    /** Returns the address as a netloc4. */
    public Netloc4 location() {
      return new Netloc4.Netaddr(UniversalAddress.of(address()));
    }

    private void connect() throws ExecutionException {
      NfsClientBuilder settings = NfsClient.builder().env(world.host("client"));
      client = await(settings.connectAsync(address()));
    }

    public NfsClient client() {
      return java.util.Objects.requireNonNull(client);
    }

    public NfsFh4 handle(String path) {
      return CopyLab.fh(name + path);
    }

    private byte[] content() {
      String path = current.data().utf8().substring(name.length());
      return files.getOrDefault(path, new byte[0]);
    }

    private @Nullable NfsResop4 answer(NfsArgop4 operation) {
      if (outside(operation)) {
        return null;
      }
      requests.getLast().operations().add(operation);
      NfsResop4 other = instead.apply(operation);
      return other != null ? other : usual(operation);
    }

    private @Nullable NfsResop4 usual(NfsArgop4 operation) {
      return switch (operation) {
        case NfsArgop4.Putrootfh _ -> {
          current = handle("/");
          yield null;
        }
        case NfsArgop4.Putfh(var args) -> {
          current = args.object();
          yield new NfsResop4.Putfh(new Putfh4Res(put.apply(current)));
        }
        case NfsArgop4.Savefh _ -> new NfsResop4.Savefh(new Savefh4Res(Nfsstat4.NFS4_OK));
        case NfsArgop4.Lookup(var args) -> {
          current = handle("/" + args.objname().utf8());
          yield new NfsResop4.Lookup(new Lookup4Res(Nfsstat4.NFS4_OK));
        }
        case NfsArgop4.Open(var args) -> open(args);
        case NfsArgop4.Getfh _ -> new NfsResop4.Getfh(new Getfh4Res.Ok(new Getfh4Resok(current)));
        case NfsArgop4.Getattr _ -> attributes();
        case NfsArgop4.Read(var args) -> read(args);
        case NfsArgop4.Write(var args) -> write(args);
        case NfsArgop4.Setattr _ ->
            new NfsResop4.Setattr(new Setattr4Res(Nfsstat4.NFS4_OK, Bitmap4.EMPTY));
        case NfsArgop4.Commit _ ->
            new NfsResop4.Commit(new Commit4Res.Ok(new Commit4Resok(verifier)));
        case NfsArgop4.Clone _ -> new NfsResop4.Clone(new Clone4Res(Nfsstat4.NFS4ERR_NOTSUPP));
        case NfsArgop4.CopyNotify(var args) -> new NfsResop4.CopyNotify(notify.apply(args));
        case NfsArgop4.Copy(var args) -> new NfsResop4.Copy(copy.apply(args));
        case NfsArgop4.OffloadStatus(var args) ->
            new NfsResop4.OffloadStatus(status.apply(args.stateid()));
        case NfsArgop4.OffloadCancel(var args) ->
            new NfsResop4.OffloadCancel(new OffloadCancel4Res(cancel.apply(args.stateid())));
        case NfsArgop4.Close _ -> new NfsResop4.Close(new Close4Res.Ok(CopyLab.openStateid(0)));
        default -> null;
      };
    }

    /** The operations on sessions have no SEQUENCE. */
    private static boolean outside(NfsArgop4 operation) {
      return switch (operation.argop()) {
        case OP_EXCHANGE_ID,
            OP_CREATE_SESSION,
            OP_BIND_CONN_TO_SESSION,
            OP_DESTROY_SESSION,
            OP_DESTROY_CLIENTID ->
            true;
        default -> false;
      };
    }

    private NfsResop4 open(Open4Args args) {
      if (args.claim() instanceof OpenClaim4.Null(var file)) {
        current = handle("/" + file.utf8());
      }
      return new NfsResop4.Open(
          new Open4Res.Ok(
              new Open4Resok(
                  CopyLab.openStateid(++opens),
                  new ChangeInfo4(true, 1, 2),
                  0,
                  Bitmap4.EMPTY,
                  new OpenDelegation4.None())));
    }

    private NfsResop4 attributes() {
      long size = content().length;
      AttrValues values =
          AttrValues.builder()
              .put(Attrs.TYPE, NfsFtype4.NF4REG)
              .put(Attrs.CHANGE, change)
              .put(Attrs.SIZE, size)
              .put(Attrs.FSID, new Fsid4(number, 7))
              .put(Attrs.LEASE_TIME, 90L)
              .put(Attrs.FILEID, 1L + current.hashCode() % 1000)
              .put(Attrs.SPACE_USED, size)
              .put(Attrs.TIME_MODIFY, new Nfstime4(change, 0))
              .build();
      return new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(values.encode())));
    }

    private NfsResop4 read(Read4Args args) {
      byte[] file = content();
      int start = (int) Math.min(args.offset(), file.length);
      int end = (int) Math.min(start + args.count(), file.length);
      return new NfsResop4.Read(
          new Read4Res.Ok(
              new Read4Resok(
                  end == file.length,
                  new BufferPayload(ByteBuffer.wrap(file, start, end - start)))));
    }

    private NfsResop4 write(Write4Args args) {
      int count = args.data().length();
      byte[] file =
          Arrays.copyOf(content(), Math.max(content().length, (int) args.offset() + count));
      args.data().bytes().get(file, (int) args.offset(), count);
      files.put(current.data().utf8().substring(name.length()), file);
      return new NfsResop4.Write(
          new Write4Res.Ok(new Write4Resok(count, StableHow4.UNSTABLE4, verifier)));
    }

    /** Returns the executed operations of a kind. */
    public List<NfsArgop4> sent(NfsOpnum4 kind) {
      return requests().stream()
          .filter(each -> each.server().equals(name))
          .flatMap(each -> each.operations().stream())
          .filter(operation -> operation.argop() == kind)
          .toList();
    }

    /** Advances the time until an operation of a kind was executed this often. */
    public void until(NfsOpnum4 kind, int times) {
      if (!world.runUntil(() -> sent(kind).size() >= times, LONG)) {
        throw new AssertionError(kind + " was not sent " + times + " times to the " + name);
      }
    }
  }

  public <T> T await(CompletableFuture<T> future) throws ExecutionException {
    return world.await(future, LONG);
  }

  /** Returns the failure of a future. */
  public NfsException failureOf(CompletableFuture<?> future) {
    try {
      await(future);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof NfsException known) {
        return known;
      }
      throw new AssertionError(failed);
    }
    throw new AssertionError("did not fail");
  }

  /** Returns the stateid of the COPY_NOTIFY with this number. */
  public static Stateid4 notifyStateid(int number) {
    return new Stateid4(
        1, Opaque.of(ByteBuffer.allocate(12).put(0, (byte) 'n').putInt(8, number).array()));
  }

  public static CopyNotify4Res noticed(int number) {
    return noticed(number, ADDRESSES);
  }

  public static CopyNotify4Res noticed(int number, List<Netloc4> addresses) {
    return new CopyNotify4Res.Ok(
        new CopyNotify4Resok(new Nfstime4(90, 0), notifyStateid(number), addresses));
  }

  /** Returns the reply of an asynchronous copy. */
  public Copy4Res asynchronous(int number) {
    return new Copy4Res.Ok(
        new Copy4Resok(
            new WriteResponse4(
                CopyLab.copyStateid(number), 0, StableHow4.UNSTABLE4, destination.verifier),
            new CopyRequirements4(true, false)));
  }

  /** Returns the reply of a synchronous, durable copy. */
  public Copy4Res atOnce(long count) {
    return new Copy4Res.Ok(
        new Copy4Resok(
            new WriteResponse4(null, count, StableHow4.FILE_SYNC4, destination.verifier),
            new CopyRequirements4(true, true)));
  }

  /** Returns the result of a completed, durable copy. */
  public OffloadInfo4 done(long count) {
    return new OffloadInfo4.Ok(
        new WriteResponse4(null, count, StableHow4.FILE_SYNC4, destination.verifier));
  }

  /** Sends CB_OFFLOAD of /b to the destination's client. */
  public Nfsstat4 callback(int number, OffloadInfo4 info) throws ExecutionException {
    return await(
            destination.callbacks.offload(
                destination.handle("/b"), CopyLab.copyStateid(number), info))
        .resarray()
        .getLast()
        .status();
  }

  /** Removes the requests so far from {@link #requests}. */
  public void forget() {
    requests.clear();
  }

  /**
   * Returns the executed COMPOUNDs of both servers in order, without those that have only SEQUENCE.
   */
  public List<Request> requests() {
    return requests.stream()
        .filter(each -> !each.operations().isEmpty())
        .map(each -> new Request(each.server(), List.copyOf(each.operations())))
        .toList();
  }

  /** Returns the server and the last operation of each COMPOUND. */
  public List<String> order() {
    return requests().stream()
        .map(each ->
            each.server() + " " + each.operations().getLast().argop().name().replace("OP_", ""))
        .toList();
  }
}
