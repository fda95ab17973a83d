package io.ferrynfs.wire.nfs4;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.wire.xdr.XdrException;
import io.ferrynfs.wire.xdr.XdrReader;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Checks the generated failures of all operations. */
class FailuresTest {
  private static final int FAILURE_BYTES_MAX = 12;

  /** The statuses other than NFS4_OK whose arm has a body. */
  private static final Map<NfsOpnum4, Set<Nfsstat4>> BODIES =
      new EnumMap<>(
          Map.of(
              NfsOpnum4.OP_LOCK, Set.of(Nfsstat4.NFS4ERR_DENIED),
              NfsOpnum4.OP_LOCKT, Set.of(Nfsstat4.NFS4ERR_DENIED),
              NfsOpnum4.OP_GETDEVICEINFO, Set.of(Nfsstat4.NFS4ERR_TOOSMALL),
              NfsOpnum4.OP_LAYOUTGET, Set.of(Nfsstat4.NFS4ERR_LAYOUTTRYLATER),
              NfsOpnum4.OP_SETCLIENTID, Set.of(Nfsstat4.NFS4ERR_CLID_INUSE),
              NfsOpnum4.OP_COPY, Set.of(Nfsstat4.NFS4ERR_OFFLOAD_NO_REQS)));

  @Test
  void failureOfEachStatusWithoutABodyIsDecodedAsItWasEncoded() throws XdrException {
    for (NfsOpnum4 operation : NfsOpnum4.values()) {
      Set<Nfsstat4> refused = EnumSet.noneOf(Nfsstat4.class);
      for (Nfsstat4 status : Nfsstat4.values()) {
        try {
          NfsResop4 failure = NfsResop4.failed(operation, status);
          assertThat(failure.resop()).isEqualTo(operation);
          assertThat(failure.status()).isEqualTo(status);
          XdrWriter out = new XdrWriter();
          failure.encode(out);
          assertThat(out.size()).isLessThanOrEqualTo(FAILURE_BYTES_MAX);
          XdrReader in = new XdrReader(out.toOpaque());
          assertThat(NfsResop4.decode(in)).isEqualTo(failure);
          in.expectEnd();
        } catch (IllegalArgumentException e) {
          refused.add(status);
        }
      }
      Set<Nfsstat4> expected = EnumSet.of(Nfsstat4.NFS4_OK);
      expected.addAll(BODIES.getOrDefault(operation, Set.of()));
      assertThat(refused).as(operation.toString()).isEqualTo(expected);
    }
  }

  @Test
  void failureOfEachCallbackIsDecodedAsItWasEncoded() throws XdrException {
    for (NfsCbOpnum4 operation : NfsCbOpnum4.values()) {
      NfsCbResop4 failure = NfsCbResop4.failed(operation, Nfsstat4.NFS4ERR_DELAY);
      XdrWriter out = new XdrWriter();
      failure.encode(out);
      assertThat(NfsCbResop4.decode(new XdrReader(out.toOpaque()))).isEqualTo(failure);
    }
  }

  @Test
  void eachOperationHasABinding() throws ReflectiveOperationException {
    Set<NfsOpnum4> bound = EnumSet.noneOf(NfsOpnum4.class);
    for (var field : NfsOpnum4Binding.class.getFields()) {
      NfsOpnum4Binding<?, ?> binding = (NfsOpnum4Binding<?, ?>) field.get(null);
      assertThat(binding.number().name()).isEqualTo("OP_" + field.getName());
      bound.add(binding.number());
    }
    assertThat(bound).isEqualTo(EnumSet.allOf(NfsOpnum4.class));
  }
}
