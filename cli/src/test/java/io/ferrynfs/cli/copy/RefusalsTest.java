package io.ferrynfs.cli.copy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalsTest {
  @Test
  void serverErrorsAreExplained() {
    assertThat(Refusals.explain("PUTFH: NFS4ERR_STALE"))
        .isEqualTo(
            "the destination server does not copy from other servers (PUTFH: NFS4ERR_STALE)");
    assertThat(Refusals.explain("f: the servers cannot copy: COPY_NOTIFY: NFS4ERR_NOTSUPP"))
        .isEqualTo(
            "f: the servers cannot copy: the source server does not let other servers read its"
                + " files (COPY_NOTIFY: NFS4ERR_NOTSUPP)");
    assertThat(Refusals.explain("COPY: NFS4ERR_IO")).isEqualTo("COPY: NFS4ERR_IO");
    assertThat(Refusals.explain("one side is local")).isEqualTo("one side is local");
  }
}
