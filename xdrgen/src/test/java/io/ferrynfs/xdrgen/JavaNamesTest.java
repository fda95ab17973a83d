package io.ferrynfs.xdrgen;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaNamesTest {
  @ParameterizedTest
  @CsvSource({
    "stateid4, Stateid4",
    "COPY4args, Copy4Args",
    "COPY4resok, Copy4Resok",
    "COPY_NOTIFY4res, CopyNotify4Res",
    "nfs_fh4, NfsFh4",
    "nfs_argop4, NfsArgop4",
    "nfsstat4, Nfsstat4",
    "CB_OFFLOAD4args, CbOffload4Args",
    "SETXATTR4args, Setxattr4Args",
    "EXCHANGE_ID4resok, ExchangeId4Resok",
    "open_read_delegation4, OpenReadDelegation4",
    "change_info4, ChangeInfo4",
    "gsshandle4_t, Gsshandle4T",
    "nfsacl41, Nfsacl41"
  })
  void typeNamesAreCamelCase(String schema, String java) {
    assertThat(JavaNames.type(schema)).isEqualTo(java);
  }

  @ParameterizedTest
  @CsvSource({
    "src_stateid, srcStateid",
    "callback_id, callbackId",
    "seqid, seqid",
    "default, default_",
    "hash_code, hashCode_",
    "in, in_",
    "specdata1, specdata1"
  })
  void fieldNamesAreCamelCaseAndNotKeywords(String schema, String java) {
    assertThat(JavaNames.field(schema)).isEqualTo(java);
  }

  @Test
  void commonPrefixOfLabelsIsRemoved() {
    assertThat(JavaNames.labelPrefix(List.of("OP_ACCESS", "OP_COPY"))).isEqualTo("OP_");
    assertThat(JavaNames.labelPrefix(List.of("OP_CB_RECALL", "OP_CB_GETATTR"))).isEqualTo("OP_CB_");
    assertThat(JavaNames.labelPrefix(List.of("NF4REG", "NF4DIR"))).isEqualTo("NF4");
    assertThat(JavaNames.labelPrefix(List.of("UNCHECKED4", "GUARDED4"))).isEmpty();
    assertThat(JavaNames.labelPrefix(List.of("EXCLUSIVE4", "EXCLUSIVE4_1"))).isEmpty();
    assertThat(JavaNames.labelPrefix(List.of("ONLY_ONE"))).isEqualTo("ONLY_");
    assertThat(
            JavaNames.labelPrefix(List.of("CLAIM_DELEGATE_CUR", "CLAIM_DELEGATE_PREV", "CLAIM_FH")))
        .isEqualTo("CLAIM_");
  }

  @Test
  void errIsRemovedFromStatusLabels() {
    String prefix = JavaNames.labelPrefix(List.of("NFS4_OK", "NFS4ERR_PERM", "NFS4ERR_IO"));
    assertThat(JavaNames.arm("NFS4_OK", prefix)).isEqualTo("Ok");
    assertThat(JavaNames.arm("NFS4ERR_OFFLOAD_NO_REQS", prefix)).isEqualTo("OffloadNoReqs");
  }

  @Test
  void armNameDoesNotStartWithADigit() {
    assertThat(JavaNames.arm("7", "")).isEqualTo("Case7");
  }
}
