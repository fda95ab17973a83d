package ferry.server.source;

import static org.assertj.core.api.Assertions.assertThat;

import ferry.client.session.CallException;
import ferry.wire.nfs4.NfsOpnum4;
import ferry.wire.nfs4.Nfsstat4;
import org.junit.jupiter.api.Test;

/** What is known of a READ that failed. */
class SourceFailureTest {

  // Z-005: a source that refuses each READ is not to cost a buffer each
  @Test
  void afterAnAnswerTheBufferIsFreeAndAfterNoneItIsNot() {
    for (Nfsstat4 status :
        new Nfsstat4[] {Nfsstat4.NFS4ERR_IO, Nfsstat4.NFS4ERR_ACCESS, Nfsstat4.NFS4ERR_DELAY}) {
      assertThat(SourceFailure.of(CallException.status(NfsOpnum4.OP_READ, status)).isAnswer())
          .as(status.name())
          .isTrue();
    }
    for (CallException.Kind kind : CallException.Kind.values()) {
      if (kind != CallException.Kind.STATUS) {
        assertThat(SourceFailure.of(CallException.of(kind, "no answer")).isAnswer())
            .as(kind.name())
            .isFalse();
      }
    }
  }
}
