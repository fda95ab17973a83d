package io.ferrynfs.cli.copy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalsTest {
  @Test
  void whatAServerAnsweredIsSaidInWords() {
    assertThat(Refusals.inWords("PUTFH: NFS4ERR_STALE"))
        .isEqualTo("the destination server copies from no other server (PUTFH: NFS4ERR_STALE)");
    assertThat(Refusals.inWords("f: the servers cannot copy: COPY_NOTIFY: NFS4ERR_NOTSUPP"))
        .isEqualTo(
            "f: the servers cannot copy: the source server lets no other server read its files"
                + " (COPY_NOTIFY: NFS4ERR_NOTSUPP)");
    assertThat(Refusals.inWords("COPY: NFS4ERR_IO")).isEqualTo("COPY: NFS4ERR_IO");
    assertThat(Refusals.inWords("one side is local")).isEqualTo("one side is local");
  }
}
