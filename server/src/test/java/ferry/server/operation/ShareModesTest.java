package ferry.server.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.server.status.Refused;
import ferry.storage.OpenAccess;
import ferry.wire.nfs4.Nfs4;
import ferry.wire.nfs4.OpenDelegation4;
import ferry.wire.nfs4.OpenNoneDelegation4;
import ferry.wire.nfs4.WhyNoDelegation4;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareModesTest {
  @ParameterizedTest
  @CsvSource({"1, READ", "2, WRITE", "3, READ_WRITE"})
  void everyAccessOpensTheFileForThat(long access, OpenAccess expected) throws Refused {
    assertThat(ShareModes.of(access, 0).openAccess()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "4, 0", "1, 4", "0x601, 0", "0x40001, 0", "0x100, 0"})
  void whatTheRfcDoesNotNameIsInvalid(String access, long deny) {
    assertThatThrownBy(() -> ShareModes.of(Long.decode(access), deny))
        .isInstanceOf(Refused.class)
        .hasMessage("NFS4ERR_INVAL");
  }

  @Test
  void whoSaysNothingAboutDelegationsGetsNone() throws Refused {
    assertThat(ShareModes.of(1, 0).noDelegation()).isEqualTo(new OpenDelegation4.None());
  }

  @ParameterizedTest
  @CsvSource({
    "0x101, WND4_NOT_SUPP_FTYPE",
    "0x30301, WND4_NOT_SUPP_FTYPE",
    "0x401, WND4_NOT_WANTED",
    "0x501, WND4_CANCELLED"
  })
  void whoUsesTheWantFlagsIsToldWhyThereIsNone(String access, WhyNoDelegation4 why) throws Refused {
    assertThat(ShareModes.of(Long.decode(access), Nfs4.OPEN4_SHARE_DENY_NONE).noDelegation())
        .isEqualTo(new OpenDelegation4.NoneExt(new OpenNoneDelegation4.Other(why)));
  }
}
