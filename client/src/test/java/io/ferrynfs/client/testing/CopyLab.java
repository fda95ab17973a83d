package io.ferrynfs.client.testing;

import io.ferrynfs.client.NfsClient;
import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.NfsOpenOptions;
import io.ferrynfs.client.NfsPath;
import io.ferrynfs.rpc.testkit.Simulation;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.CbCompound4Res;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.Clone4Res;
import io.ferrynfs.wire.nfs4.Close4Res;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Commit4Resok;
import io.ferrynfs.wire.nfs4.Copy4Args;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.Fsid4;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.Getfh4Res;
import io.ferrynfs.wire.nfs4.Getfh4Resok;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Args;
import io.ferrynfs.wire.nfs4.OffloadCancel4Res;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.OffloadStatus4Args;
import io.ferrynfs.wire.nfs4.OffloadStatus4Res;
import io.ferrynfs.wire.nfs4.OffloadStatus4Resok;
import io.ferrynfs.wire.nfs4.Open4Args;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Open4Resok;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.ReferringCallList4;
import io.ferrynfs.wire.nfs4.Savefh4Res;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.TestStateid4Res;
import io.ferrynfs.wire.nfs4.TestStateid4Resok;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.Write4Args;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.nfs4.Write4Resok;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client with two open files on a {@link ScriptedServer} whose copies a test controls. The source
 * is {@code /a}, the destination {@code /b}. Small files have real content.
 */
public final class CopyLab {

  /** Longer than every operation. */
  public static final Duration LONG = Duration.ofHours(3);

  /** Long enough for a reply, too short for a timer. */
  public static final Duration SOON = Duration.ofMillis(10);

  private static final int FEW_BYTES = 1 << 20;

  public final Simulation world = new Simulation(11);
  public final ScriptedServer server;
  public final NfsClient client;
  public final NfsFile a;
  public final NfsFile b;

  /** The size of the source. */
  public long size;

  public byte[] source = new byte[0];
  public byte[] destination = new byte[0];

  /** The write verifier. */
  public Verifier4 verifier = verifier(1);

  public Function<Copy4Args, Copy4Res> copy = args -> failedCopy(Nfsstat4.NFS4ERR_NOTSUPP);
  public Function<Stateid4, OffloadStatus4Res> status =
      stateid -> new OffloadStatus4Res.Failed(Nfsstat4.NFS4ERR_BAD_STATEID);
  public Function<Stateid4, Nfsstat4> cancel = stateid -> Nfsstat4.NFS4_OK;

  /** Whether all filehandles are stale. */
  public boolean stale;

  /** Runs before each COMMIT. */
  public Runnable beforeCommit = () -> {};

  /** The delegation of an open. */
  public Function<Open4Args, OpenDelegation4> delegation = args -> new OpenDelegation4.None();

  /** The result of TEST_STATEID for a stateid. */
  public Function<Stateid4, Nfsstat4> test = stateid -> Nfsstat4.NFS4_OK;

  public Nfsstat4 clone = Nfsstat4.NFS4ERR_NOTSUPP;

  /** Whether the source has holes, as the attributes of OPEN show. */
  public boolean sparse;

  /** The results of other operations. */
  public Function<NfsArgop4, @Nullable NfsResop4> others = operation -> null;

  private NfsFh4 current = fh("/");
  private final Callbacks callbacks;
  private int opens;
  private int seen;

  /** Creates a lab with a source of this size. */
  public CopyLab(long size) throws IOException, ExecutionException {
    this.size = size;
    if (size <= FEW_BYTES) {
      source = new byte[(int) size];
      new java.util.Random(size).nextBytes(source);
    }
    server = new ScriptedServer(world.host("server"));
    callbacks = new Callbacks(server);
    server.script = this::answer;
    client =
        await(
            NfsClient.builder()
                .env(world.host("client"))
                .connectAsync(InetSocketAddress.createUnresolved("server", ScriptedServer.PORT)));
    a = await(client.openAsync(NfsPath.of("/a"), NfsOpenOptions.forReading()));
    b = await(client.openAsync(NfsPath.of("/b"), NfsOpenOptions.forReplacing(0644)));
    forget();
  }

  /** Opens the source again. */
  public NfsFile openSource() throws ExecutionException {
    return await(client.openAsync(NfsPath.of("/a"), NfsOpenOptions.forReading()));
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

  public static NfsFh4 fh(String name) {
    return new NfsFh4(Opaque.ofUtf8(name));
  }

  public static Verifier4 verifier(int number) {
    return new Verifier4(Opaque.of(ByteBuffer.allocate(8).putInt(4, number).array()));
  }

  /** Returns the stateid of the copy with this number. */
  public static Stateid4 copyStateid(int number) {
    return new Stateid4(
        1, Opaque.of(ByteBuffer.allocate(12).put(0, (byte) 'c').putInt(8, number).array()));
  }

  /** Returns the stateid of the open with this number: 1 is the source, 2 the destination. */
  public static Stateid4 openStateid(int number) {
    return new Stateid4(
        1, Opaque.of(ByteBuffer.allocate(12).put(0, (byte) 'o').putInt(8, number).array()));
  }

  // Results of COPY.

  public static Copy4Res failedCopy(Nfsstat4 status) {
    return new Copy4Res.Failed(status);
  }

  public static Copy4Res other(boolean consecutive, boolean synchronous) {
    return new Copy4Res.OffloadNoReqs(new CopyRequirements4(consecutive, synchronous));
  }

  /** Returns the reply of an asynchronous copy with the current verifier. */
  public Copy4Res asynchronous(int number) {
    return new Copy4Res.Ok(
        new Copy4Resok(
            new WriteResponse4(copyStateid(number), 0, StableHow4.UNSTABLE4, verifier),
            new CopyRequirements4(true, false)));
  }

  /** Returns the reply of a synchronous, unstable copy. */
  public Copy4Res atOnce(long count) {
    return new Copy4Res.Ok(
        new Copy4Resok(
            new WriteResponse4(null, count, StableHow4.UNSTABLE4, verifier),
            new CopyRequirements4(true, true)));
  }

  // Results of CB_OFFLOAD and OFFLOAD_STATUS.

  public OffloadInfo4 done(long count) {
    return done(count, StableHow4.FILE_SYNC4);
  }

  public OffloadInfo4 done(long count, StableHow4 how) {
    return new OffloadInfo4.Ok(new WriteResponse4(null, count, how, verifier));
  }

  public static OffloadInfo4 stopped(Nfsstat4 status, long count) {
    return new OffloadInfo4.Failed(status, count);
  }

  public static OffloadStatus4Res running(long count) {
    return new OffloadStatus4Res.Ok(new OffloadStatus4Resok(count, null));
  }

  public static OffloadStatus4Res complete(long count, Nfsstat4 status) {
    return new OffloadStatus4Res.Ok(new OffloadStatus4Resok(count, status));
  }

  public static OffloadStatus4Res failedStatus(Nfsstat4 status) {
    return new OffloadStatus4Res.Failed(status);
  }

  /** Copies the bytes that a COPY requests. */
  public void perform(Copy4Args args) {
    perform(args, args.count());
  }

  public void perform(Copy4Args args, long count) {
    destination =
        Arrays.copyOf(destination, (int) Math.max(destination.length, args.dstOffset() + count));
    System.arraycopy(
        source, (int) args.srcOffset(), destination, (int) args.dstOffset(), (int) count);
  }

  // Callbacks.

  /** Sends CB_OFFLOAD of the destination. */
  public Nfsstat4 callback(Stateid4 stateid, OffloadInfo4 info) {
    return callback(fh("/b"), stateid, info);
  }

  public Nfsstat4 callback(NfsFh4 file, Stateid4 stateid, OffloadInfo4 info) {
    CbCompound4Res reply = compoundCallback(file, stateid, info);
    return reply.resarray().getLast().status();
  }

  /** Sends CB_OFFLOAD on the last connection and returns the whole reply. */
  public CbCompound4Res compoundCallback(NfsFh4 file, Stateid4 stateid, OffloadInfo4 info) {
    try {
      return await(sendCallback(file, stateid, info));
    } catch (ExecutionException failed) {
      throw new AssertionError(failed);
    }
  }

  public CompletableFuture<CbCompound4Res> sendCallback(
      NfsFh4 file, Stateid4 stateid, OffloadInfo4 info) {
    return callbacks.offload(file, stateid, info);
  }

  /**
   * Sends CB_OFFLOAD with a referring call to this request, and returns the status of the
   * operation.
   */
  public Nfsstat4 callback(NfsCbArgop4 operation, ReferringCallList4... referring)
      throws ExecutionException {
    return await(callbacks.call(operation, List.of(referring))).resarray().getLast().status();
  }

  /** Repeats the slot and sequence id of the last callback. */
  public void repeatCallback() {
    callbacks.repeat();
  }

  // Received requests.

  /** Removes the requests so far from {@link #requests}. */
  public void forget() {
    seen = server.executed.size();
  }

  /** Returns the executed COMPOUNDs without SEQUENCE, and without those that have only SEQUENCE. */
  public List<List<NfsArgop4>> requests() {
    return server.executed.stream()
        .skip(seen)
        .map(args -> args.argarray())
        .filter(each -> each.getFirst().argop() == NfsOpnum4.OP_SEQUENCE && each.size() > 1)
        .map(each -> each.subList(1, each.size()))
        .toList();
  }

  /** Returns the executed operations of a kind. */
  public List<NfsArgop4> sent(NfsOpnum4 kind) {
    return requests().stream()
        .flatMap(List::stream)
        .filter(operation -> operation.argop() == kind)
        .toList();
  }

  /** Returns the last operation of each COMPOUND. */
  public List<NfsOpnum4> order() {
    return requests().stream().map(each -> each.getLast().argop()).toList();
  }

  /** Returns the executed COPYs. */
  public List<Copy4Args> copies() {
    List<Copy4Args> copies = new ArrayList<>();
    for (NfsArgop4 operation : sent(NfsOpnum4.OP_COPY)) {
      if (operation instanceof NfsArgop4.Copy(Copy4Args args)) {
        copies.add(args);
      }
    }
    return copies;
  }

  /** Advances the time until an operation of a kind was executed this often. */
  public void until(NfsOpnum4 kind, int times) {
    if (!world.runUntil(() -> sent(kind).size() >= times, LONG)) {
      throw new AssertionError(kind + " was not sent " + times + " times");
    }
  }

  // The server.

  private @Nullable NfsResop4 answer(NfsArgop4 operation) {
    return switch (operation) {
      case NfsArgop4.Putrootfh _ -> {
        current = fh("/");
        yield null;
      }
      case NfsArgop4.Putfh(var args) -> {
        current = args.object();
        yield stale
            ? new NfsResop4.Putfh(new io.ferrynfs.wire.nfs4.Putfh4Res(Nfsstat4.NFS4ERR_STALE))
            : null;
      }
      case NfsArgop4.Savefh _ -> new NfsResop4.Savefh(new Savefh4Res(Nfsstat4.NFS4_OK));
      case NfsArgop4.Lookup(var args) -> {
        current = fh("/" + args.objname().utf8());
        yield new NfsResop4.Lookup(new io.ferrynfs.wire.nfs4.Lookup4Res(Nfsstat4.NFS4_OK));
      }
      case NfsArgop4.Open(var args) -> open(args);
      case NfsArgop4.Getfh _ -> new NfsResop4.Getfh(new Getfh4Res.Ok(new Getfh4Resok(current)));
      case NfsArgop4.Getattr _ -> attributes();
      case NfsArgop4.Read(var args) -> read(args);
      case NfsArgop4.Write(var args) -> write(args);
      case NfsArgop4.Commit _ -> {
        beforeCommit.run();
        yield new NfsResop4.Commit(new Commit4Res.Ok(new Commit4Resok(verifier)));
      }
      case NfsArgop4.Clone _ -> new NfsResop4.Clone(new Clone4Res(clone));
      case NfsArgop4.Copy(var args) -> new NfsResop4.Copy(copy.apply(args));
      case NfsArgop4.OffloadStatus(OffloadStatus4Args args) ->
          new NfsResop4.OffloadStatus(status.apply(args.stateid()));
      case NfsArgop4.OffloadCancel(OffloadCancel4Args args) ->
          new NfsResop4.OffloadCancel(new OffloadCancel4Res(cancel.apply(args.stateid())));
      case NfsArgop4.TestStateid(var args) ->
          new NfsResop4.TestStateid(
              new TestStateid4Res.Ok(
                  new TestStateid4Resok(args.stateids().stream().map(test).toList())));
      case NfsArgop4.Close _ -> new NfsResop4.Close(new Close4Res.Ok(openStateid(0)));
      default -> others.apply(operation);
    };
  }

  private NfsResop4 open(Open4Args args) {
    if (args.claim() instanceof OpenClaim4.Null(var name)) {
      current = fh("/" + name.utf8());
    }
    return new NfsResop4.Open(
        new Open4Res.Ok(
            new Open4Resok(
                openStateid(++opens),
                new ChangeInfo4(true, 1, 2),
                0,
                Bitmap4.EMPTY,
                delegation.apply(args))));
  }

  private NfsResop4 attributes() {
    boolean isSource = current.equals(fh("/a"));
    AttrValues values =
        AttrValues.builder()
            .put(Attrs.TYPE, NfsFtype4.NF4REG)
            .put(Attrs.SIZE, isSource ? size : (long) destination.length)
            .put(Attrs.FSID, new Fsid4(7, 7))
            .put(Attrs.LEASE_TIME, 90L)
            .put(Attrs.FILEID, isSource ? 1L : 2L)
            .put(Attrs.SPACE_USED, sparse ? size / 2 : size)
            .build();
    return new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(values.encode())));
  }

  private NfsResop4 read(Read4Args args) {
    byte[] file = current.equals(fh("/a")) ? source : destination;
    int start = (int) Math.min(args.offset(), file.length);
    int end = (int) Math.min(start + args.count(), file.length);
    return new NfsResop4.Read(
        new Read4Res.Ok(
            new Read4Resok(
                end == file.length, new BufferPayload(ByteBuffer.wrap(file, start, end - start)))));
  }

  private NfsResop4 write(Write4Args args) {
    int count = args.data().length();
    int offset = (int) args.offset();
    destination = Arrays.copyOf(destination, Math.max(destination.length, offset + count));
    args.data().bytes().get(destination, offset, count);
    return new NfsResop4.Write(
        new Write4Res.Ok(new Write4Resok(count, StableHow4.UNSTABLE4, verifier)));
  }
}
