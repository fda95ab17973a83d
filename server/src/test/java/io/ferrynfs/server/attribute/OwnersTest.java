package io.ferrynfs.server.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.IdMapper;
import io.ferrynfs.server.NamedIds;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnersTest {
  private static final Owners NUMBERS = new Owners(IdMapper.NUMBERS);

  private static Owners named() {
    NamedIds ids = new NamedIds("Example.org");
    Map<String, Long> users = new LinkedHashMap<>();
    users.put("alice", 1001L);
    users.put("alias", 1001L);
    ids.learn(users, Map.of("staff", 50L));
    return new Owners(ids);
  }

  // RFC 8881 section 5.9
  @Test
  void namesOfTheDomainMapToNumbersInBothDirections() throws NfsStatusException {
    assertThat(named().user(1001)).isEqualTo(Opaque.ofUtf8("alice@example.org"));
    assertThat(named().group(50)).isEqualTo(Opaque.ofUtf8("staff@example.org"));
    assertThat(named().user(50)).as("no name, so the number").isEqualTo(Opaque.ofUtf8("50"));
    assertThat(named().uid(Opaque.ofUtf8("alice@EXAMPLE.ORG"))).isEqualTo(1001);
    assertThat(named().uid(Opaque.ofUtf8("alias@example.org"))).isEqualTo(1001);
    assertThat(named().gid(Opaque.ofUtf8("staff@example.org"))).isEqualTo(50);
  }

  // RFC 8881 section 5.9: a name of another domain or an unknown name returns BADOWNER
  @ParameterizedTest
  @ValueSource(strings = {"alice@example.com", "alice", "bob@example.org", "staff@example.org"})
  void ownerOutsideTheDomainReturnsBadowner(String owner) {
    assertThatThrownBy(() -> named().uid(Opaque.ofUtf8(owner))).hasMessage("NFS4ERR_BADOWNER");
  }

  @Test
  void learnedNamesReplaceEarlierOnesAndAreLimited() throws NfsStatusException {
    NamedIds ids = new NamedIds("d");
    Map<String, Long> many = new LinkedHashMap<>();
    for (long id = 0; id < NamedIds.NAMES_MAX + 10; id++) {
      many.put("u" + id, id);
    }
    ids.learn(many, Map.of());
    assertThat(ids.user(NamedIds.NAMES_MAX - 1)).isNotNull();
    assertThat(ids.user(NamedIds.NAMES_MAX)).isNull();
    ids.learn(Map.of("new", 7L), Map.of());
    assertThat(ids.user(7)).isEqualTo("new@d");
    assertThat(ids.uid("u7@d")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1000, 1000",
    "4294967294, 4294967294",
    "root, 0",
    "nobody, 65534",
    "nogroup, 65534"
  })
  void numbersAndWellKnownNamesAreAccepted(String owner, long id) throws NfsStatusException {
    assertThat(NUMBERS.uid(Opaque.ofUtf8(owner))).isEqualTo(id);
    assertThat(NUMBERS.gid(Opaque.ofUtf8(owner))).isEqualTo(id);
    assertThat(named().uid(Opaque.ofUtf8(owner))).isEqualTo(id);
    assertThat(named().uid(Opaque.ofUtf8(owner + "@Example.ORG"))).isEqualTo(id);
    assertThat(named().gid(Opaque.ofUtf8(owner + "@example.org"))).isEqualTo(id);
  }

  // RFC 8881 section 5.9: a server may treat other domains as having no valid translations
  @ParameterizedTest
  @ValueSource(
      strings = {
        "root@evil",
        "root@",
        "root@example.org.evil",
        "root@evil@example.org",
        "nobody@x",
        "nogroup@x",
        "0@x",
        "1000@example.com",
        "0@"
      })
  void ownerOfAnotherDomainReturnsBadowner(String owner) {
    for (Owners owners : List.of(NUMBERS, named())) {
      assertThatThrownBy(() -> owners.uid(Opaque.ofUtf8(owner))).hasMessage("NFS4ERR_BADOWNER");
      assertThatThrownBy(() -> owners.gid(Opaque.ofUtf8(owner))).hasMessage("NFS4ERR_BADOWNER");
    }
    assertThatThrownBy(() -> NUMBERS.uid(Opaque.ofUtf8("root@example.org")))
        .as("without an own domain every domain is another one")
        .hasMessage("NFS4ERR_BADOWNER");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alice@example.org",
        "01",
        "-1",
        "+1",
        "4294967295",
        "4294967296",
        "99999999999",
        "@x"
      })
  void unknownOwnerReturnsBadowner(String owner) {
    assertThatThrownBy(() -> NUMBERS.uid(Opaque.ofUtf8(owner)))
        .isInstanceOf(NfsStatusException.class)
        .hasMessage("NFS4ERR_BADOWNER");
    assertThatThrownBy(() -> NUMBERS.gid(Opaque.ofUtf8(owner))).hasMessage("NFS4ERR_BADOWNER");
  }

  @Test
  void emptyOwnerIsInvalid() {
    assertThatThrownBy(() -> NUMBERS.uid(Opaque.EMPTY)).hasMessage("NFS4ERR_INVAL");
  }

  @Test
  void ownerWithoutANameIsSentAsANumber() {
    assertThat(NUMBERS.user(4294967295L)).isEqualTo(Opaque.ofUtf8("4294967295"));
  }
}
