package ferry.server.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ferry.server.status.Refused;
import ferry.wire.xdr.Opaque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnersTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1000, 1000",
    "4294967295, 4294967295",
    "1000@example.org, 1000",
    "root@example.org, 0",
    "nobody, 65534",
    "nogroup@example.org, 65534"
  })
  void numbersAndTheNamesThatEverySystemHasAreUnderstood(String owner, long id) throws Refused {
    assertThat(Owners.parse(Opaque.ofUtf8(owner))).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice@example.org", "01", "-1", "+1", "4294967296", "99999999999", "@x"})
  void anOwnerThatIsNobodyHereIsABadOwner(String owner) {
    assertThatThrownBy(() -> Owners.parse(Opaque.ofUtf8(owner)))
        .isInstanceOf(Refused.class)
        .hasMessage("NFS4ERR_BADOWNER");
  }

  @Test
  void anEmptyOwnerIsInvalid() {
    assertThatThrownBy(() -> Owners.parse(Opaque.EMPTY)).hasMessage("NFS4ERR_INVAL");
  }

  @Test
  void anOwnerIsSentAsANumber() {
    assertThat(Owners.format(4294967295L)).isEqualTo(Opaque.ofUtf8("4294967295"));
  }
}
