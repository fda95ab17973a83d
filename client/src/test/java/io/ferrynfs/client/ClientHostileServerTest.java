package io.ferrynfs.client;

import static io.ferrynfs.client.testing.CopyLab.copyStateid;
import static io.ferrynfs.client.testing.CopyLab.verifier;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.ChangeInfo4;
import io.ferrynfs.wire.nfs4.Commit4Res;
import io.ferrynfs.wire.nfs4.Commit4Resok;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.Create4Res;
import io.ferrynfs.wire.nfs4.Create4Resok;
import io.ferrynfs.wire.nfs4.Dirlist4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.FreeStateid4Res;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.Getfh4Res;
import io.ferrynfs.wire.nfs4.Getfh4Resok;
import io.ferrynfs.wire.nfs4.IoAdvise4Res;
import io.ferrynfs.wire.nfs4.IoAdvise4Resok;
import io.ferrynfs.wire.nfs4.Listxattrs4Res;
import io.ferrynfs.wire.nfs4.Listxattrs4Resok;
import io.ferrynfs.wire.nfs4.Lock4Res;
import io.ferrynfs.wire.nfs4.Lock4Resok;
import io.ferrynfs.wire.nfs4.Locku4Res;
import io.ferrynfs.wire.nfs4.Lookup4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Open4Resok;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.Read4Args;
import io.ferrynfs.wire.nfs4.Read4Res;
import io.ferrynfs.wire.nfs4.Read4Resok;
import io.ferrynfs.wire.nfs4.Readdir4Res;
import io.ferrynfs.wire.nfs4.Readdir4Resok;
import io.ferrynfs.wire.nfs4.Readlink4Res;
import io.ferrynfs.wire.nfs4.Readlink4Resok;
import io.ferrynfs.wire.nfs4.Remove4Res;
import io.ferrynfs.wire.nfs4.Remove4Resok;
import io.ferrynfs.wire.nfs4.Rename4Res;
import io.ferrynfs.wire.nfs4.Rename4Resok;
import io.ferrynfs.wire.nfs4.Seek4Res;
import io.ferrynfs.wire.nfs4.SeekRes4;
import io.ferrynfs.wire.nfs4.Setattr4Res;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Write4Args;
import io.ferrynfs.wire.nfs4.Write4Res;
import io.ferrynfs.wire.nfs4.Write4Resok;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Invalid results in every operation of the client. Each operation must end in bounded time,
 * successfully or with an {@link NfsException} that has a message.
 */
class ClientHostileServerTest {
  private static final int BYTES = 100_000;
  private static final NfsPath FILE = NfsPath.of("/a");

  private final CopyLab lab = new CopyLab(BYTES);
  private final Function<NfsArgop4, @Nullable NfsResop4> usual = lab.server.script;

  private int locks;

  ClientHostileServerTest() throws Exception {
    lab.others = ClientHostileServerTest::valid;
  }

  /** Results for operations that the lab does not answer. */
  private static @Nullable NfsResop4 valid(NfsArgop4 operation) {
    ChangeInfo4 change = new ChangeInfo4(true, 1, 2);
    return switch (operation) {
      case NfsArgop4.Readdir _ ->
          new NfsResop4.Readdir(
              new Readdir4Res.Ok(new Readdir4Resok(verifier(0), new Dirlist4(List.of(), true))));
      case NfsArgop4.Readlink _ ->
          new NfsResop4.Readlink(new Readlink4Res.Ok(new Readlink4Resok(Opaque.ofUtf8("x"))));
      case NfsArgop4.Create _ ->
          new NfsResop4.Create(new Create4Res.Ok(new Create4Resok(change, Bitmap4.EMPTY)));
      case NfsArgop4.Remove _ -> new NfsResop4.Remove(new Remove4Res.Ok(new Remove4Resok(change)));
      case NfsArgop4.Rename _ ->
          new NfsResop4.Rename(new Rename4Res.Ok(new Rename4Resok(change, change)));
      case NfsArgop4.Seek(var args) ->
          new NfsResop4.Seek(
              new Seek4Res.Ok(new SeekRes4(false, args.what() == 0 ? args.offset() : BYTES)));
      case NfsArgop4.Lock _ ->
          new NfsResop4.Lock(
              new Lock4Res.Ok(new Lock4Resok(new Stateid4(1, Opaque.of(new byte[12])))));
      case NfsArgop4.Locku(var args) -> new NfsResop4.Locku(new Locku4Res.Ok(args.lockStateid()));
      case NfsArgop4.FreeStateid _ ->
          new NfsResop4.FreeStateid(new FreeStateid4Res(Nfsstat4.NFS4_OK));
      case NfsArgop4.Setattr _ ->
          new NfsResop4.Setattr(new Setattr4Res(Nfsstat4.NFS4_OK, Bitmap4.EMPTY));
      case NfsArgop4.Listxattrs _ ->
          new NfsResop4.Listxattrs(new Listxattrs4Res.Ok(new Listxattrs4Resok(0, List.of(), true)));
      case NfsArgop4.IoAdvise _ ->
          new NfsResop4.IoAdvise(new IoAdvise4Res.Ok(new IoAdvise4Resok(Bitmap4.EMPTY)));
      default -> null;
    };
  }

  private void respondWith(Function<NfsArgop4, @Nullable NfsResop4> invalid) {
    lab.server.script =
        operation -> {
          NfsResop4 valid = usual.apply(operation);
          NfsResop4 lied = invalid.apply(operation);
          return lied == null ? valid : lied;
        };
  }

  /** Returns the operations of the client by name. */
  private Map<String, Supplier<CompletableFuture<?>>> work() {
    Map<String, Supplier<CompletableFuture<?>>> work = new LinkedHashMap<>();
    work.put("stat", () -> lab.client.attributesAsync(FILE));
    work.put("list", () -> lab.client.listAsync(FILE));
    work.put("readlink", () -> lab.client.readlinkAsync(FILE));
    work.put("xattrs", () -> lab.client.xattrs(FILE).listAsync());
    work.put("remove", () -> lab.client.removeAsync(FILE));
    work.put("rename", () -> lab.client.renameAsync(FILE, NfsPath.of("/c")));
    work.put("mkdir", () -> lab.client.mkdirAsync(NfsPath.of("/d"), 0755));
    work.put("open", () -> lab.client.openAsync(FILE, NfsOpenOptions.forReading()));
    work.put("create", () -> lab.client.openAsync(FILE, NfsOpenOptions.forReplacing(0644)));
    work.put("read", () -> lab.a.readAsync(ByteBuffer.allocate(BYTES), 0));
    work.put("write", () -> lab.b.writeAsync(ByteBuffer.allocate(BYTES), 0));
    work.put("sync", () -> lab.b.syncAsync());
    work.put("seek", () -> lab.a.seekDataAsync(0));
    work.put("advise", () -> lab.a.adviseAsync(0, 0, NfsAdvice.SEQUENTIAL));
    work.put("lock", () -> lab.a.tryLockAsync(10L * ++locks, 10, true));
    work.put(
        "copy", () -> lab.a.copyTo(0, lab.b, 0, BYTES, NfsCopyOptions.defaults()).completion());
    work.put(
        "copyFile",
        () ->
            lab.client
                .startCopy(FILE, lab.client, NfsPath.of("/c"), NfsCopyOptions.defaults())
                .completion());
    return work;
  }

  private static NfsException nfsException(String what, ExecutionException failure) {
    if (failure.getCause() instanceof NfsException nfsException) {
      return nfsException;
    }
    throw new AssertionError(what + " failed otherwise than in words", failure);
  }

  private static void assertHasMessage(String what, NfsException failure) {
    String message = String.valueOf(failure.getMessage());
    assertThat(message)
        .as(what)
        .doesNotContain("unexpected", "Exception", "null", "NFS4_OK")
        .contains(" ");
  }

  /** Returns the operations that fail, with their reasons. */
  private Map<String, Reason> failures(String invalid) {
    Map<String, Reason> failed = new LinkedHashMap<>();
    work()
        .forEach((name, start) -> {
          CompletableFuture<?> done = start.get();
          try {
            lab.await(done);
          } catch (ExecutionException failure) {
            NfsException nfsException = nfsException(invalid + " at " + name, failure);
            assertHasMessage(invalid + " at " + name, nfsException);
            failed.put(name, nfsException.reason());
          }
        });
    return failed;
  }

  private static NfsResop4 attributes(Fattr4 values) {
    return new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(values)));
  }

  private static NfsResop4 read(boolean eof, int bytes) {
    return new NfsResop4.Read(
        new Read4Res.Ok(new Read4Resok(eof, new BufferPayload(ByteBuffer.allocate(bytes)))));
  }

  private static NfsResop4 written(long count) {
    return new NfsResop4.Write(
        new Write4Res.Ok(new Write4Resok(count, StableHow4.UNSTABLE4, verifier(1))));
  }

  private static NfsResop4 copied(@Nullable Stateid4 stateid, long count) {
    return new NfsResop4.Copy(
        new Copy4Res.Ok(
            new Copy4Resok(
                new WriteResponse4(stateid, count, StableHow4.UNSTABLE4, verifier(1)),
                new CopyRequirements4(true, stateid == null))));
  }

  private static NfsResop4 opened(Stateid4 stateid, OpenDelegation4 delegation) {
    return new NfsResop4.Open(
        new Open4Res.Ok(
            new Open4Resok(
                stateid, new ChangeInfo4(true, 1, 2), 0xFFFF_FFFFL, Bitmap4.EMPTY, delegation)));
  }

  private static <A extends NfsArgop4> Function<NfsArgop4, @Nullable NfsResop4> to(
      Class<A> operation, Function<A, @Nullable NfsResop4> answer) {
    return asked -> operation.isInstance(asked) ? answer.apply(operation.cast(asked)) : null;
  }

  private Map<String, Function<NfsArgop4, @Nullable NfsResop4>> invalidNumbers() {
    Map<String, Function<NfsArgop4, @Nullable NfsResop4>> respondWith = new LinkedHashMap<>();
    Stateid4 zeros = new Stateid4(0, Opaque.of(new byte[12]));
    respondWith.put(
        "READ longer than asked", to(NfsArgop4.Read.class, a -> read(true, count(a) + 1)));
    respondWith.put(
        "READ of nothing before the end", to(NfsArgop4.Read.class, a -> read(false, 0)));
    respondWith.put("READ that ends too early", to(NfsArgop4.Read.class, a -> read(true, 1)));
    respondWith.put("WRITE of nothing", to(NfsArgop4.Write.class, a -> written(0)));
    respondWith.put(
        "WRITE of more than sent", to(NfsArgop4.Write.class, a -> written(length(a) + 1)));
    respondWith.put("WRITE of 2^32-1", to(NfsArgop4.Write.class, a -> written(0xFFFF_FFFFL)));
    int[] commits = new int[1];
    respondWith.put(
        "COMMIT of another verifier each time",
        to(
            NfsArgop4.Commit.class,
            a ->
                new NfsResop4.Commit(
                    new Commit4Res.Ok(new Commit4Resok(verifier(100 + commits[0]++))))));
    respondWith.put(
        "COPY of more than asked", to(NfsArgop4.Copy.class, a -> copied(null, BYTES + 1)));
    respondWith.put("COPY of 2^63", to(NfsArgop4.Copy.class, a -> copied(null, Long.MIN_VALUE)));
    respondWith.put("COPY of 2^64-1", to(NfsArgop4.Copy.class, a -> copied(null, -1)));
    respondWith.put("COPY of nothing", to(NfsArgop4.Copy.class, a -> copied(null, 0)));
    respondWith.put(
        "COPY in the background, unknown", to(NfsArgop4.Copy.class, a -> copied(zeros, 0)));
    respondWith.put(
        "SEEK at 2^63",
        to(
            NfsArgop4.Seek.class,
            a -> new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(false, Long.MIN_VALUE)))));
    respondWith.put(
        "SEEK that goes back",
        to(NfsArgop4.Seek.class, a -> new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(false, 0)))));
    respondWith.put(
        "OPEN with a stateid of zeros",
        to(NfsArgop4.Open.class, a -> opened(zeros, new OpenDelegation4.None())));
    respondWith.put(
        "GETFH of nothing",
        to(
            NfsArgop4.Getfh.class,
            a -> new NfsResop4.Getfh(new Getfh4Res.Ok(new Getfh4Resok(new NfsFh4(Opaque.EMPTY))))));
    int[] pages = new int[1];
    respondWith.put(
        "LISTXATTRS without end",
        to(
            NfsArgop4.Listxattrs.class,
            a ->
                new NfsResop4.Listxattrs(
                    new Listxattrs4Res.Ok(
                        new Listxattrs4Resok(
                            1, List.of(Opaque.ofUtf8("x" + pages[0]++)), false)))));
    return respondWith;
  }

  private Map<String, Function<NfsArgop4, @Nullable NfsResop4>> invalidAttributes() {
    Map<String, Function<NfsArgop4, @Nullable NfsResop4>> respondWith = new LinkedHashMap<>();
    respondWith.put(
        "no attributes", to(NfsArgop4.Getattr.class, a -> attributes(AttrValues.EMPTY.encode())));
    respondWith.put(
        "a size of 2^64-1",
        to(
            NfsArgop4.Getattr.class,
            a ->
                attributes(
                    AttrValues.builder()
                        .put(Attrs.TYPE, NfsFtype4.NF4REG)
                        .put(Attrs.SIZE, -1L)
                        .build()
                        .encode())));
    respondWith.put(
        "attributes shorter than their bitmap",
        to(
            NfsArgop4.Getattr.class,
            a -> attributes(new Fattr4(Bitmap4.of(Attrs.SIZE.number()), Opaque.EMPTY))));
    respondWith.put(
        "attributes longer than their bitmap",
        to(
            NfsArgop4.Getattr.class,
            a -> attributes(new Fattr4(Bitmap4.EMPTY, Opaque.of(new byte[8])))));
    respondWith.put(
        "an attribute that nobody knows",
        to(
            NfsArgop4.Getattr.class,
            a -> attributes(new Fattr4(Bitmap4.of(200), Opaque.of(new byte[8])))));
    respondWith.put(
        "an owner whose length lies",
        to(
            NfsArgop4.Getattr.class,
            a ->
                attributes(
                    new Fattr4(
                        Bitmap4.of(Attrs.OWNER.number()),
                        Opaque.of(new byte[] {-1, -1, -1, -1})))));
    return respondWith;
  }

  private static int count(NfsArgop4.Read read) {
    Read4Args args = read.args();
    return (int) args.count();
  }

  private static int length(NfsArgop4.Write write) {
    Write4Args args = write.args();
    return args.data().length();
  }

  @Test
  void everyInvalidResultFailsWithAMessageInBoundedTime() {
    invalidNumbers()
        .forEach((name, invalid) -> {
          respondWith(invalid);
          assertThat(failures(name).values())
              .as(name)
              .isSubsetOf(
                  Reason.PROTOCOL, Reason.DATA_LOST, Reason.UNSUPPORTED, Reason.IO, Reason.INVALID);
        });
  }

  @Test
  void missingAttributesAreNotReadAsAnEmptyFile() {
    invalidAttributes()
        .forEach((name, invalid) -> {
          respondWith(invalid);
          Map<String, Reason> failed = failures(name);
          assertThat(failed).as(name).containsEntry("stat", Reason.PROTOCOL);
          assertThat(failed).as(name).containsEntry("copyFile", Reason.PROTOCOL);
        });
  }

  /** Sends the result of another operation, no result, or two. */
  @Test
  void resultOfAnotherOperationIsAProtocolError() {
    NfsResop4 lookup = new NfsResop4.Lookup(new Lookup4Res(Nfsstat4.NFS4_OK));
    respondWith(operation -> lookup);
    Map<String, Reason> failed = failures("LOOKUP instead of all");
    assertThat(failed)
        .hasSize(work().size() - 1)
        .as("nothing is to be made durable")
        .doesNotContainKey("sync");
    assertThat(failed.values()).containsOnly(Reason.PROTOCOL);
    NfsException failure = lab.failureOf(lab.client.attributesAsync(FILE));
    assertThat(failure)
        .hasMessage("cannot stat nfs://server/a: the server's reply does not fit the call");
  }

  @Test
  void fileThatEndsBeforeItsSizeFailsTheCopy() {
    respondWith(to(NfsArgop4.Read.class, a -> read(true, a.args().offset() == 0 ? 1000 : 0)));
    NfsException failure =
        lab.failureOf(
            lab.a
                .copyTo(0, lab.b, 0, BYTES, NfsCopyOptions.builder().forceStream(true).build())
                .completion());
    assertThat(failure)
        .hasMessageContaining(
            "the server reported that the file ends after 1000 bytes, and that it has 100000");
  }

  // RFC 7862 section 15.11.3
  @Test
  void seekBackwardsIsAProtocolError() {
    respondWith(
        to(
            NfsArgop4.Seek.class,
            a -> new NfsResop4.Seek(new Seek4Res.Ok(new SeekRes4(false, a.args().offset() - 1)))));
    assertThat(lab.failureOf(lab.a.seekDataAsync(100)))
        .hasMessage("cannot look for data in nfs://server/a: SEEK from 100 goes back to 99");
    assertThat(lab.failureOf(lab.a.seekHoleAsync(100)).reason()).isEqualTo(Reason.PROTOCOL);
  }

  /** RFC 7862 section 15.9.3: OFFLOAD_STATUS must not decrease or exceed the request. */
  @Test
  void asynchronousCopyMustNotRegressOrExceedItsRange() throws Exception {
    lab.copy = args -> lab.asynchronous(1);
    long[] counts = {5000, 10, -1, BYTES + 1, Long.MAX_VALUE, 3};
    int[] asked = new int[1];
    List<Long> seen = new ArrayList<>();
    lab.status =
        stateid ->
            asked[0] < counts.length
                ? CopyLab.running(counts[asked[0]++])
                : CopyLab.complete(BYTES, Nfsstat4.NFS4_OK);
    CopyHandle handle =
        lab.a.copyTo(0, lab.b, 0, BYTES, NfsCopyOptions.builder().progress(seen::add).build());
    assertThat(lab.await(handle.completion()).bytes()).isEqualTo(BYTES);
    assertThat(seen).isSorted().allMatch(done -> done >= 0 && done <= BYTES);
    assertThat(copyStateid(1).other()).isNotEqualTo(Opaque.EMPTY);
  }

  @Test
  void symbolicLinkMayHaveAnyTarget() throws Exception {
    byte[] target = {'a', 0, 'b', '\n', (byte) 0xff};
    respondWith(
        to(
            NfsArgop4.Readlink.class,
            a ->
                new NfsResop4.Readlink(
                    new Readlink4Res.Ok(new Readlink4Resok(Opaque.of(target))))));
    assertThat(lab.await(lab.client.readlinkAsync(FILE))).isEqualTo(target);
  }

  /** Flips the bits of every reply, chosen by a seed. */
  @Test
  void corruptedRepliesCauseNoInternalError() throws Exception {
    byte[] source = Arrays.copyOf(lab.source, lab.source.length);
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      lab.source = source.clone();
      lab.server.noise =
          bytes -> {
            if (random.nextInt(4) == 0) {
              int at = random.nextInt(bytes.length);
              bytes[at] ^= (byte) (1 << random.nextInt(8));
            }
          };
      CompletableFuture<?> done =
          List.copyOf(work().values()).get(random.nextInt(work().size())).get();
      try {
        lab.await(done);
      } catch (ExecutionException failure) {
        assertHasMessage("seed " + seed, nfsException("seed " + seed, failure));
      }
    }
    assertThat(Duration.ofNanos(lab.world.nanoTime())).isLessThan(Duration.ofDays(3));
  }
}
