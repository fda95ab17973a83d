package io.ferrynfs.server.operation;

import static io.ferrynfs.server.testing.Ops.copyAsync;
import static io.ferrynfs.server.testing.Ops.offloadCancel;
import static io.ferrynfs.server.testing.Ops.offloadStatus;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.offload.CopyEngine;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection;
import io.ferrynfs.server.testing.TestConnection.SentCallback;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.faults.FaultPlan;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.nfs4.CbOffload4Args;
import io.ferrynfs.wire.nfs4.CbOffload4Res;
import io.ferrynfs.wire.nfs4.Copy4Res;
import io.ferrynfs.wire.nfs4.Copy4Resok;
import io.ferrynfs.wire.nfs4.CopyRequirements4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OffloadCancel4Res;
import io.ferrynfs.wire.nfs4.OffloadInfo4;
import io.ferrynfs.wire.nfs4.OffloadStatus4Res;
import io.ferrynfs.wire.nfs4.OffloadStatus4Resok;
import io.ferrynfs.wire.nfs4.StableHow4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.nfs4.WriteResponse4;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A server and a client with a session. The server copies one chunk of 64 KiB whenever the test
 * runs a step, on a volume that fails as the test plans.
 */
final class OffloadLab {
  static final int PIECE = 64 << 10;
  static final String COPYING = "nfs-copy";
  static final String SYNCING = "nfs-copy-sync";

  final FaultPlan plan = new FaultPlan();
  final MemoryVolume memory;
  final FileLab files;
  final NfsFh4 source;
  final NfsFh4 target;

  OffloadLab() {
    this(CopyLimits.defaults());
  }

  /** Creates a server with these limits; chunks are 64 KiB whatever the limits say. */
  OffloadLab(CopyLimits limits) {
    this(ServerLimits.builder().copies(limits).build());
  }

  OffloadLab(ServerLimits limits) {
    this(limits, CopyRules.LINUX);
  }

  OffloadLab(ServerLimits limits, CopyRules rules) {
    memory = FileLab.withoutClone("data");
    files =
        new FileLab(
            limits.toBuilder()
                .copies(
                    limits.copies().toBuilder()
                        .chunkBytesMin(PIECE)
                        .answeredAtOnceBytesMax(0)
                        .build())
                .delegations(DelegationLimits.none())
                .build(),
            rules,
            new FaultyVolume(memory, plan.shorten(Operation.COPY_RANGE, PIECE)));
    source = files.file("source", "x".repeat(4 * PIECE));
    target = files.file("target", "");
    files.env.hold(COPYING);
  }

  CopyEngine engine() {
    return files.server.services().copies();
  }

  /** Copies the next chunk of the next copy; returns false if no copy is queued. */
  boolean piece() {
    return files.env.runNext(COPYING);
  }

  /** Copies until no copy is queued. */
  void run() {
    boolean any;
    do {
      any = piece();
    } while (any);
  }

  /** Starts a copy of the whole source into the target. */
  Stateid4 start() {
    return stateid(files.last(putfh(source), savefh(), putfh(target), copyAsync(0, 0, 0)));
  }

  /** Starts a copy by a client, of one file into another. */
  static Stateid4 start(RawClient client, NfsFh4 from, NfsFh4 to) {
    return stateid(
        client.call(putfh(from), savefh(), putfh(to), copyAsync(0, 0, 0)).resarray().getLast());
  }

  static Stateid4 stateid(NfsResop4 copy) {
    if (copy instanceof NfsResop4.Copy(Copy4Res.Ok(Copy4Resok ok))) {
      return Objects.requireNonNull(ok.response().callbackId(), "not asynchronous");
    }
    throw new AssertionError(copy);
  }

  /** Returns another client of the same user, with a session. */
  RawClient another(String name) {
    RawClient client = files.server.client(name).as(RawClient.user(FileLab.OWNER.uid()));
    return client.mount(RawClient.channel(1 << 20, 4096, 32, 4));
  }

  TestConnection connection() {
    return files.client.connection();
  }

  NfsResop4 status(Stateid4 stateid) {
    return files.last(putfh(target), offloadStatus(stateid));
  }

  NfsResop4 cancel(Stateid4 stateid) {
    return files.last(putfh(target), offloadCancel(stateid));
  }

  SentCallback callback() {
    return callback(connection());
  }

  static SentCallback callback(TestConnection connection) {
    return Objects.requireNonNull(connection.nextCallback(), "no callback was sent");
  }

  void expectNoCallback() {
    assertThat(connection().nextCallback()).isNull();
  }

  /** Returns the arguments of a CB_OFFLOAD. */
  static CbOffload4Args offload(SentCallback callback) {
    return ((NfsCbArgop4.Offload) callback.args().argarray().getLast()).args();
  }

  /** Replies to a CB_OFFLOAD. */
  static void answer(SentCallback callback, Nfsstat4 status) {
    callback.answer(new NfsCbResop4.Offload(new CbOffload4Res(status)));
  }

  Verifier4 verifier() {
    return files.writeVerifier.current();
  }

  static NfsResop4 asynchronous(Stateid4 stateid, Verifier4 verifier) {
    return new NfsResop4.Copy(
        new Copy4Res.Ok(
            new Copy4Resok(
                new WriteResponse4(stateid, 0, StableHow4.UNSTABLE4, verifier),
                new CopyRequirements4(true, false))));
  }

  static NfsResop4 progress(long bytes, @Nullable Nfsstat4 complete) {
    return new NfsResop4.OffloadStatus(
        new OffloadStatus4Res.Ok(new OffloadStatus4Resok(bytes, complete)));
  }

  static NfsResop4 noProgress(Nfsstat4 status) {
    return new NfsResop4.OffloadStatus(new OffloadStatus4Res.Failed(status));
  }

  static NfsResop4 cancelled(Nfsstat4 status) {
    return new NfsResop4.OffloadCancel(new OffloadCancel4Res(status));
  }

  static OffloadInfo4 done(long bytes, StableHow4 committed, Verifier4 verifier) {
    return new OffloadInfo4.Ok(new WriteResponse4(null, bytes, committed, verifier));
  }

  /** Expects that no copy, stateid or open file remains. */
  void expectNothingLeft() {
    assertThat(engine().isEmpty()).as("no copies").isTrue();
    assertThat(files.state.size()).as("stateids").isZero();
    assertThat(memory.openFileCount()).as("open files").isZero();
  }
}
