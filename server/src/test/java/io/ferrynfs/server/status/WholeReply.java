package io.ferrynfs.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.List;

/** Checks that apply to every reply to a COMPOUND. */
final class WholeReply {
  private WholeReply() {}

  /**
   * Decodes a reply and checks it: it is the canonical encoding; only the last operation may have
   * failed, with the status of the COMPOUND (RFC 8881 section 16.2.4); and each operation returns a
   * status that is valid for it (RFC 8881 section 15.2).
   */
  static Compound4Res of(CallReply answer) {
    Compound4Res res = RawClient.decode(answer);
    XdrWriter again = new XdrWriter();
    res.encode(again);
    assertThat(again.toOpaque()).as("the reply, encoded again").isEqualTo(answer.results());
    assertThat(res.tag()).isEqualTo(Opaque.ofUtf8("tag"));
    List<NfsResop4> results = res.resarray();
    for (int i = 0; i < results.size(); i++) {
      NfsResop4 result = results.get(i);
      assertThat(ValidErrors.isValid(result.resop(), result.status()))
          .as("%s may return %s", result.resop(), result.status())
          .isTrue();
      if (i < results.size() - 1) {
        assertThat(result.status()).as(res.toString()).isEqualTo(Nfsstat4.NFS4_OK);
      } else {
        assertThat(res.status()).as(res.toString()).isEqualTo(result.status());
      }
    }
    return res;
  }
}
