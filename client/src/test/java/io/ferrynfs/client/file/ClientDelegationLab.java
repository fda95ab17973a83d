package io.ferrynfs.client.file;

import static io.ferrynfs.client.testing.CopyLab.fh;

import io.ferrynfs.client.NfsFile;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.nfs4.CbRecall4Args;
import io.ferrynfs.wire.nfs4.Delegreturn4Args;
import io.ferrynfs.wire.nfs4.Delegreturn4Res;
import io.ferrynfs.wire.nfs4.FreeStateid4Args;
import io.ferrynfs.wire.nfs4.FreeStateid4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsace4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.OpenDelegation4;
import io.ferrynfs.wire.nfs4.OpenReadDelegation4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.nfs4.TestStateid4Args;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A scripted server that grants read delegations, numbered from 1. */
final class ClientDelegationLab {
  static final NfsFh4 FILE = fh("/a");
  static final NfsFh4 OTHER_FILE = fh("/c");
  private static final int FEW = 1000;

  final CopyLab lab = new CopyLab(FEW);

  /** The result of DELEGRETURN. */
  Nfsstat4 returning = Nfsstat4.NFS4_OK;

  /** The action of FREE_STATEID. */
  Runnable onFree = () -> {};

  /** Whether a delegation is granted with the recall flag. */
  boolean isRecalled;

  /** Results of other operations. */
  java.util.function.Function<NfsArgop4, @Nullable NfsResop4> others = operation -> null;

  private int granted;

  ClientDelegationLab() throws Exception {
    lab.delegation = args -> granted(++granted);
    lab.others =
        operation ->
            switch (operation) {
              case NfsArgop4.Delegreturn _ ->
                  new NfsResop4.Delegreturn(new Delegreturn4Res(returning));
              case NfsArgop4.FreeStateid _ -> {
                onFree.run();
                yield new NfsResop4.FreeStateid(new FreeStateid4Res(Nfsstat4.NFS4_OK));
              }
              default -> others.apply(operation);
            };
  }

  /** Returns the read delegation with this number. */
  OpenDelegation4 granted(int number) {
    return new OpenDelegation4.Read(
        new OpenReadDelegation4(stateid(number), isRecalled, new Nfsace4(0, 0, 0, Opaque.EMPTY)));
  }

  /** Stops granting delegations. */
  void stopDelegating() {
    lab.delegation = args -> new OpenDelegation4.None();
  }

  static Stateid4 stateid(int number) {
    return new Stateid4(
        1, Opaque.of(ByteBuffer.allocate(12).put(0, (byte) 'd').putInt(8, number).array()));
  }

  /** Returns an open file with a delegation. */
  NfsFile openDelegated() throws ExecutionException {
    NfsFile file = lab.openSource();
    lab.forget();
    return file;
  }

  long size(NfsFile file) throws ExecutionException {
    return lab.await(file.attributesAsync()).sizeBytes();
  }

  void pass(Duration time) {
    lab.world.run(time);
  }

  /** Waits for at most a lease renewal, which delivers the server's flags. */
  void passOneRenewal() {
    pass(Duration.ofSeconds(60));
  }

  static NfsCbArgop4 recall(NfsFh4 file, Stateid4 stateid) {
    return new NfsCbArgop4.Recall(new CbRecall4Args(stateid, false, file));
  }

  static NfsArgop4 delegreturn(int number) {
    return new NfsArgop4.Delegreturn(new Delegreturn4Args(stateid(number)));
  }

  static List<NfsArgop4> returned(NfsFh4 file, int number) {
    return List.of(CompoundOps.put(file), delegreturn(number));
  }

  static List<NfsArgop4> freed(Stateid4 stateid) {
    return List.of(new NfsArgop4.FreeStateid(new FreeStateid4Args(CompoundOps.forData(stateid))));
  }

  static List<NfsArgop4> tested(Stateid4... stateids) {
    return List.of(
        new NfsArgop4.TestStateid(
            new TestStateid4Args(List.of(stateids).stream().map(CompoundOps::forData).toList())));
  }
}
