package io.ferrynfs.server.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.operation.support.ShareModes;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.OpenAccess;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareModesTest {
  @ParameterizedTest
  @CsvSource({"1, READ", "2, WRITE", "3, READ_WRITE"})
  void eachShareAccessSelectsItsOpenAccess(long access, OpenAccess expected)
      throws NfsStatusException {
    assertThat(ShareModes.of(access, 0).openAccess()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "4, 0", "1, 4", "0x601, 0", "0x40001, 0", "0x100, 0"})
  void undefinedBitsAreInvalid(String access, long deny) {
    assertThatThrownBy(() -> ShareModes.of(Long.decode(access), deny))
        .isInstanceOf(NfsStatusException.class)
        .hasMessage("NFS4ERR_INVAL");
  }

  @ParameterizedTest
  @CsvSource({
    "1, true",
    "0x101, true",
    "0x301, true",
    "0x30301, true",
    "0x201, false",
    "0x401, false",
    "0x501, false",
    "2, false",
    "3, false",
    "0x103, false"
  })
  void openForReadingMayHaveADelegationUnlessItDeclines(String access, boolean expected)
      throws NfsStatusException {
    assertThat(ShareModes.of(Long.decode(access), 0).mayHaveDelegation()).isEqualTo(expected);
  }
}
