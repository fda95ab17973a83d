package io.ferrynfs.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The invariants of names, handles, callers and changes. */
class ValuesTest {
  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void assertFails(Status status, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.status()).isEqualTo(status));
  }

  @Test
  void namesWithASpecialMeaningAreRejected() {
    assertFails(Status.INVALID, () -> Name.of(""));
    assertFails(Status.BAD_NAME, () -> Name.of("."));
    assertFails(Status.BAD_NAME, () -> Name.of(".."));
    assertFails(Status.BAD_CHARACTER, () -> Name.of("a/b"));
    assertFails(Status.BAD_CHARACTER, () -> Name.of("/"));
    assertFails(Status.BAD_CHARACTER, () -> Name.of("a\0"));
    assertFails(Status.NAME_TOO_LONG, () -> Name.of("x".repeat(256)));
  }

  @Test
  void namesAreEqualByTheirBytesAndOrderedAsUnsigned() throws Exception {
    byte[] bytes = utf8("name");
    Name name = Name.of(bytes);
    bytes[0] = '/';
    assertThat(name).isEqualTo(Name.of("name")).hasSameHashCodeAs(Name.of("name"));
    assertThat(name).isNotEqualTo(Name.of("Name"));
    assertThat(name.toByteArray()).isEqualTo(utf8("name"));
    assertThat(Name.of(new byte[] {(byte) 0x80})).isGreaterThan(Name.of("a"));
    assertThat(Name.of("...")).hasToString("...");
    assertThat(Name.of("x".repeat(255)).size()).isEqualTo(255);
  }

  @Test
  void theDisplayFormOfANameHasNoControlCharacters() throws Exception {
    assertThat(Name.of("caf\u00e9")).hasToString("caf\u00e9");
    assertThat(Name.of("a\nb")).hasToString("0x610a62");
    assertThat(Name.of(new byte[] {(byte) 0xff})).hasToString("0xff");
  }

  @Test
  void anAttributeNameMayContainASlashButNoNul() throws Exception {
    assertThat(XattrName.of("a/b")).isEqualTo(XattrName.of(utf8("a/b"))).hasToString("a/b");
    assertThat(XattrName.of("a")).isLessThan(XattrName.of("b")).isNotEqualTo(XattrName.of("b"));
    assertFails(Status.INVALID, () -> XattrName.of(""));
    assertFails(Status.BAD_CHARACTER, () -> XattrName.of("\0"));
    assertFails(Status.NAME_TOO_LONG, () -> XattrName.of("x".repeat(256)));
  }

  @Test
  void aHandleHasOneTo96Bytes() throws Exception {
    assertFails(Status.BAD_HANDLE, () -> Handle.of(new byte[0]));
    assertFails(Status.BAD_HANDLE, () -> Handle.of(new byte[97]));
    assertThat(Handle.of(new byte[96]).size()).isEqualTo(96);
    byte[] bytes = {1, (byte) 0xab};
    Handle handle = Handle.of(bytes);
    bytes[0] = 2;
    assertThat(handle).hasToString("01ab").isEqualTo(Handle.of(new byte[] {1, (byte) 0xab}));
  }

  @Test
  void idsAreUnsignedThirtyTwoBits() {
    assertThat(Caller.of(0xffff_ffffL, 0).uid()).isEqualTo(4_294_967_295L);
    assertThatIllegalArgumentException().isThrownBy(() -> Caller.of(-1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Caller.of(0, 1L << 32));
    assertThatIllegalArgumentException().isThrownBy(() -> new Caller(1, 1, List.of(-1L)));
    assertThatIllegalArgumentException().isThrownBy(() -> AttributeChanges.NONE.withUid(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> AttributeChanges.ofMode(010000));
    assertThatIllegalArgumentException().isThrownBy(() -> new DeviceNumber(-1, 0));
  }

  @Test
  void aCallerIsInItsGroups() {
    Caller caller = new Caller(1, 2, List.of(3L, 4L));
    assertThat(List.of(2L, 3L, 4L)).allMatch(caller::isInGroup);
    assertThat(caller.isInGroup(1)).isFalse();
    assertThat(caller.isSuperuser()).isFalse();
    assertThat(Caller.SUPERUSER.isSuperuser()).isTrue();
  }

  @Test
  void aFailureCarriesItsStatusAndNoStack() {
    StorageException failure = new StorageException(Status.IO, "disk");
    assertThat(failure.status()).isEqualTo(Status.IO);
    assertThat(failure).hasMessage("IO: disk");
    assertThat(new StorageException(Status.STALE)).hasMessage("STALE");
    assertThat(failure.getStackTrace()).isEmpty();
  }
}
