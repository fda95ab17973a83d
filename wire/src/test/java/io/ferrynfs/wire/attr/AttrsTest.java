package io.ferrynfs.wire.attr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import java.lang.reflect.Field;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AttrsTest {
  private static final AttrValues SOME =
      AttrValues.builder()
          .put(Attrs.OWNER, Opaque.ofUtf8("root"))
          .put(Attrs.SIZE, 7L)
          .put(Attrs.TIME_MODIFY, new Nfstime4(1, 2))
          .put(Attrs.TYPE, NfsFtype4.NF4REG)
          .put(Attrs.XATTR_SUPPORT, true)
          .build();

  @Test
  void everyNumberHasAnAttribute() {
    assertThat(Attrs.all())
        .extracting(Attr::number)
        .containsExactlyElementsOf(IntStream.rangeClosed(0, 82).boxed().toList());
    assertThat(Attrs.find(4)).isSameAs(Attrs.SIZE);
    assertThat(Attrs.find(83)).isNull();
    assertThat(Attrs.find(-1)).isNull();
  }

  @Test
  void numbersMatchTheSchema() throws ReflectiveOperationException {
    for (Field field : Attrs.class.getFields()) {
      if (field.get(null) instanceof Attr<?> attr) {
        long number = Nfs4.class.getField("FATTR4_" + field.getName()).getLong(null);
        assertThat((long) attr.number()).as(field.getName()).isEqualTo(number);
      }
    }
  }

  /** RFC 8881 sections 5.6 and 5.7; RFC 8275 section 5. */
  @Test
  void writeOnlyAttributesCannotBeRead() {
    assertThat(Attrs.all())
        .filteredOn(attr -> !attr.isReadable())
        .extracting(Attr::name)
        .containsExactly(
            "time_access_set",
            "time_modify_set",
            "layout_hint",
            "retention_set",
            "retentevt_set",
            "mode_set_masked",
            "mode_umask");
    assertThat(Attrs.all())
        .filteredOn(attr -> attr.isReadable() && attr.isWritable())
        .extracting(Attr::name)
        .containsExactly(
            "size",
            "acl",
            "archive",
            "hidden",
            "mimetype",
            "mode",
            "owner",
            "owner_group",
            "system",
            "time_backup",
            "time_create",
            "dacl",
            "sacl",
            "retention_hold",
            "sec_label");
  }

  @Test
  void valuesAreEncodedInTheOrderOfTheirNumbers() throws XdrException {
    Fattr4 encoded = SOME.encode();
    assertThat(encoded)
        .isEqualTo(
            new Fattr4(
                Bitmap4.of(1, 4, 36, 53, 82),
                Opaque.ofHex(
                    "00000001"
                        + "0000000000000007"
                        + "00000004726f6f74"
                        + "0000000000000001"
                        + "00000002"
                        + "00000001")));
    assertThat(AttrValues.decode(encoded)).isEqualTo(SOME);
  }

  @Test
  void getReturnsTheValueOfAnAttribute() {
    assertThat(SOME.get(Attrs.SIZE)).isEqualTo(7L);
    assertThat(SOME.get(Attrs.MODE)).isNull();
    assertThat(SOME.has(Attrs.OWNER)).isTrue();
    assertThat(SOME.mask()).isEqualTo(Bitmap4.of(1, 4, 36, 53, 82));
    assertThat(SOME.only(Bitmap4.of(4, 5, 200)))
        .isEqualTo(AttrValues.builder().put(Attrs.SIZE, 7L).build())
        .hasToString("{size=7}");
    assertThat(AttrValues.EMPTY.isEmpty()).isTrue();
  }

  @Test
  void unknownAttributeAndMalformedValueFailDifferently() {
    var unknown = new Fattr4(Bitmap4.of(4, 83), Opaque.ofHex("000000000000000700"));
    assertThatExceptionOfType(UnknownAttributeException.class)
        .isThrownBy(() -> AttrValues.decode(unknown))
        .satisfies(e -> assertThat(e.number()).isEqualTo(83));
    var cut = new Fattr4(Bitmap4.of(4), Opaque.ofHex("00000000"));
    assertThatExceptionOfType(XdrException.class)
        .isThrownBy(() -> AttrValues.decode(cut))
        .withMessage("message of 4 bytes is truncated: 8 bytes expected at byte 0");
  }

  @Test
  void bytesAfterTheLastValueAreRejected() {
    var trailing = new Fattr4(Bitmap4.of(33), Opaque.ofHex("000001a4" + "00000000"));
    assertThatExceptionOfType(XdrException.class)
        .isThrownBy(() -> AttrValues.decode(trailing))
        .withMessage("4 bytes follow the end of the message");
  }
}
