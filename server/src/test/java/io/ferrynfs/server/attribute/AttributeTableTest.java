package io.ferrynfs.server.attribute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.IdMapper;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.Squash;
import io.ferrynfs.server.attribute.AttributeTable.Moment;
import io.ferrynfs.server.export.Export;
import io.ferrynfs.server.export.ExportNamespace;
import io.ferrynfs.server.export.ExportTable;
import io.ferrynfs.server.export.FileRef;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.TimeChange;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.attr.Attr;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.ChangeAttrType4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Fattr4Acl;
import io.ferrynfs.wire.nfs4.ModeUmask4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.Nfsace4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Nfstime4;
import io.ferrynfs.wire.nfs4.Settime4;
import io.ferrynfs.wire.nfs4.Specdata4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttributeTableTest {
  private static final AttributeTable TABLE = AttributeTable.INSTANCE;
  private static final Instant NOW = Instant.ofEpochSecond(1_000_000_000L, 123);

  private final ServerLimits limits = ServerLimits.defaults();

  @Test
  void everySupportedAttributeIsReturnedAndOthersAreOmitted() throws Exception {
    Subject file = file(volume());
    Bitmap4 supported = TABLE.supported(file.export());
    Bitmap4 all = Bitmap4.EMPTY;
    for (Attr<?> attr : Attrs.all()) {
      if (attr.isReadable() && attr != Attrs.MODE_UMASK) {
        all = all.with(attr.number());
      }
    }
    Bitmap4 answered = TABLE.read(file, all).attrmask();
    assertThat(answered).isEqualTo(supported.and(all));
    AttrValues values = AttrValues.decode(TABLE.read(file, all));
    assertThat(values.get(Attrs.SUPPORTED_ATTRS)).isEqualTo(supported);
  }

  /** RFC 8881 section 5.6. */
  @Test
  void everyRequiredAttributeIsSupported() throws Exception {
    Bitmap4 supported = TABLE.supported(file(volume()).export());
    List<Attr<?>> required =
        List.of(
            Attrs.SUPPORTED_ATTRS,
            Attrs.TYPE,
            Attrs.FH_EXPIRE_TYPE,
            Attrs.CHANGE,
            Attrs.SIZE,
            Attrs.LINK_SUPPORT,
            Attrs.SYMLINK_SUPPORT,
            Attrs.NAMED_ATTR,
            Attrs.FSID,
            Attrs.UNIQUE_HANDLES,
            Attrs.LEASE_TIME,
            Attrs.RDATTR_ERROR,
            Attrs.FILEHANDLE,
            Attrs.SUPPATTR_EXCLCREAT);
    assertThat(required).allMatch(attr -> supported.has(attr.number()));
  }

  // RFC 8881 sections 5.8.2.28, 5.8.2.29, 5.8.2.30
  @Test
  void quotaAttributesAreSupportedOnFileSystemsWithQuotas() throws Exception {
    Bitmap4 quotas =
        Bitmap4.of(
            Attrs.QUOTA_AVAIL_HARD.number(),
            Attrs.QUOTA_AVAIL_SOFT.number(),
            Attrs.QUOTA_USED.number());
    MemoryVolume without = MemoryVolume.builder("test", InstantSource.fixed(NOW)).build();
    assertThat(TABLE.supported(file(without).export()).and(quotas)).isEqualTo(Bitmap4.EMPTY);
    assertThat(TABLE.read(file(without), quotas).attrmask()).isEqualTo(Bitmap4.EMPTY);

    MemoryVolume with = volume();
    Subject file = file(with);
    assertThat(TABLE.supported(file.export()).and(quotas)).isEqualTo(quotas);
    assertThat(TABLE.settableExclusively(file.export()).and(quotas)).isEqualTo(Bitmap4.EMPTY);
    with.limitUser(1000, 100_000, 200_000);
    try (var open = with.open(Caller.of(1000, 100), file.file().handle(), OpenAccess.WRITE)) {
      assertThat(open.write(ByteBuffer.allocate(5000), 0)).isEqualTo(5000);
    }
    assertThat(AttrValues.decode(TABLE.read(file, quotas)))
        .isEqualTo(
            AttrValues.builder()
                .put(Attrs.QUOTA_AVAIL_HARD, 200_000L - 8192)
                .put(Attrs.QUOTA_AVAIL_SOFT, 100_000L - 8192)
                .put(Attrs.QUOTA_USED, 8192L)
                .build());
  }

  @Test
  void valuesAreThoseOfTheFile() throws Exception {
    Volume volume = volume();
    Subject file = file(volume);
    AttrValues values =
        AttrValues.decode(TABLE.read(file, TABLE.supported(file.export()).andNot(writeOnly())));
    AttrValues expected =
        values.only(
            Bitmap4.of(
                Attrs.SUPPORTED_ATTRS.number(),
                Attrs.SUPPATTR_EXCLCREAT.number(),
                Attrs.CHANGE.number(),
                Attrs.FILEHANDLE.number(),
                Attrs.FSID.number(),
                Attrs.FILEID.number(),
                Attrs.MOUNTED_ON_FILEID.number(),
                Attrs.SPACE_USED.number(),
                Attrs.QUOTA_AVAIL_HARD.number(),
                Attrs.QUOTA_AVAIL_SOFT.number(),
                Attrs.QUOTA_USED.number(),
                Attrs.SPACE_AVAIL.number(),
                Attrs.SPACE_FREE.number(),
                Attrs.SPACE_TOTAL.number(),
                Attrs.FILES_AVAIL.number(),
                Attrs.FILES_FREE.number(),
                Attrs.FILES_TOTAL.number()));
    Nfstime4 now = new Nfstime4(NOW.getEpochSecond(), NOW.getNano());
    AttrValues.Builder rest = AttrValues.builder();
    rest.put(Attrs.TYPE, NfsFtype4.NF4REG);
    rest.put(Attrs.FH_EXPIRE_TYPE, 0L);
    rest.put(Attrs.SIZE, 5L);
    rest.put(Attrs.LINK_SUPPORT, true);
    rest.put(Attrs.SYMLINK_SUPPORT, true);
    rest.put(Attrs.NAMED_ATTR, false);
    rest.put(Attrs.UNIQUE_HANDLES, true);
    rest.put(Attrs.LEASE_TIME, 90L);
    rest.put(Attrs.RDATTR_ERROR, Nfsstat4.NFS4_OK);
    rest.put(Attrs.ACLSUPPORT, 3L);
    rest.put(Attrs.ACL, aclOfTheFile());
    rest.put(Attrs.CANSETTIME, true);
    rest.put(Attrs.CASE_INSENSITIVE, false);
    rest.put(Attrs.CASE_PRESERVING, true);
    rest.put(Attrs.CHOWN_RESTRICTED, true);
    rest.put(Attrs.HOMOGENEOUS, true);
    rest.put(Attrs.MAXFILESIZE, volume.limits().fileBytesMax());
    rest.put(Attrs.MAXLINK, volume.limits().linkCountMax());
    rest.put(Attrs.MAXNAME, 255L);
    rest.put(Attrs.MAXREAD, 1L << 20);
    rest.put(Attrs.MAXWRITE, 1L << 20);
    rest.put(Attrs.MODE, 0640L);
    rest.put(Attrs.NO_TRUNC, true);
    rest.put(Attrs.NUMLINKS, 1L);
    rest.put(Attrs.OWNER, Opaque.ofUtf8("1000"));
    rest.put(Attrs.OWNER_GROUP, Opaque.ofUtf8("100"));
    rest.put(Attrs.RAWDEV, new Specdata4(0, 0));
    rest.put(Attrs.TIME_ACCESS, now);
    rest.put(Attrs.TIME_METADATA, now);
    rest.put(Attrs.TIME_MODIFY, now);
    rest.put(Attrs.TIME_CREATE, now);
    rest.put(Attrs.TIME_DELTA, new Nfstime4(0, volume.limits().timeResolutionNanos()));
    rest.put(Attrs.FS_CHARSET_CAP, 1L);
    rest.put(Attrs.CLONE_BLKSIZE, (long) volume.limits().cloneBlockBytes());
    rest.put(Attrs.CHANGE_ATTR_TYPE, ChangeAttrType4.NFS4_CHANGE_TYPE_IS_MONOTONIC_INCR);
    rest.put(Attrs.XATTR_SUPPORT, true);
    assertThat(values.only(values.mask().andNot(expected.mask()))).isEqualTo(rest.build());
  }

  private static Fattr4Acl aclOfTheFile() {
    return new Fattr4Acl(
        List.of(
            new Nfsace4(0, 0, 0x160187, Opaque.ofUtf8("OWNER@")),
            new Nfsace4(0, 0, 0x120081, Opaque.ofUtf8("GROUP@")),
            new Nfsace4(0, 0, 0x120080, Opaque.ofUtf8("EVERYONE@"))));
  }

  @Test
  void featuresThatTheVolumeLacksAreUnsupported() throws Exception {
    Volume plain =
        MemoryVolume.builder("plain", InstantSource.fixed(NOW))
            .without(Feature.CLONE)
            .without(Feature.XATTRS)
            .without(Feature.BIRTH_TIME)
            .without(Feature.ACLS)
            .build();
    Subject file = file(plain);
    Bitmap4 wanted =
        Bitmap4.of(
            Attrs.CLONE_BLKSIZE.number(),
            Attrs.TIME_CREATE.number(),
            Attrs.XATTR_SUPPORT.number(),
            Attrs.ACL.number(),
            Attrs.ACLSUPPORT.number());
    assertThat(TABLE.read(file, wanted))
        .isEqualTo(
            AttrValues.builder()
                .put(Attrs.XATTR_SUPPORT, false)
                .put(Attrs.ACLSUPPORT, 0L)
                .build()
                .encode());
  }

  @Test
  void writeOnlyAttributeCannotBeRead() throws Exception {
    Subject file = file(volume());
    for (Attr<?> attr : List.of(Attrs.TIME_ACCESS_SET, Attrs.TIME_MODIFY_SET, Attrs.MODE_UMASK)) {
      assertThatThrownBy(() -> TABLE.read(file, Bitmap4.of(attr.number())))
          .as(attr.name())
          .hasMessage("NFS4ERR_INVAL");
    }
  }

  @ParameterizedTest
  @EnumSource
  void readOnlyAttributeCannotBeSet(Moment moment) throws Exception {
    Export export = file(volume()).export();
    for (Attr<?> attr : TABLE.attributes()) {
      if (!attr.isWritable()) {
        assertThatThrownBy(
                () -> TABLE.settings(export, only(attr), moment, false, IdMapper.NUMBERS))
            .as(attr.name())
            .hasMessage("NFS4ERR_INVAL");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void unsupportedAttributeCannotBeSet(Moment moment) throws Exception {
    Export export = file(volume()).export();
    Bitmap4 supported = TABLE.supported(export);
    for (int number = 0; number < 256; number++) {
      if (!supported.has(number)) {
        Fattr4 unknown = new Fattr4(Bitmap4.of(number), Opaque.EMPTY);
        assertThatThrownBy(() -> TABLE.settings(export, unknown, moment, false, IdMapper.NUMBERS))
            .as("attribute " + number)
            .hasMessage("NFS4ERR_ATTRNOTSUPP");
      }
    }
  }

  @Test
  void changesReachTheVolume() throws Exception {
    Settime4 time = new Settime4.ClientTime4(new Nfstime4(-1, 999_999_999));
    Fattr4 wanted =
        AttrValues.builder()
            .put(Attrs.SIZE, 7L)
            .put(Attrs.MODE, 04755L)
            .put(Attrs.OWNER, Opaque.ofUtf8("7"))
            .put(Attrs.OWNER_GROUP, Opaque.ofUtf8("8"))
            .put(Attrs.TIME_ACCESS_SET, new Settime4.ServerTime4())
            .put(Attrs.TIME_MODIFY_SET, time)
            .build()
            .encode();
    assertThat(
            TABLE.settings(file(volume()).export(), wanted, Moment.LATER, false, IdMapper.NUMBERS))
        .isEqualTo(
            new AttributeTable.Settings(
                AttributeChanges.ofMode(04755)
                    .withUid(7)
                    .withGid(8)
                    .withSize(7)
                    .withAtime(TimeChange.now())
                    .withMtime(TimeChange.at(Instant.ofEpochSecond(-1, 999_999_999))),
                wanted.attrmask()));
  }

  /** RFC 8275 section 5. */
  @Test
  void modeUmaskIsForNewObjectsOnly() throws Exception {
    Export export = file(volume()).export();
    AttrValues.Builder values =
        AttrValues.builder().put(Attrs.MODE_UMASK, new ModeUmask4(0666, 022));
    Fattr4 wanted = values.build().encode();
    assertThat(TABLE.settings(export, wanted, Moment.CREATION, false, IdMapper.NUMBERS).changes())
        .isEqualTo(AttributeChanges.ofMode(0666).withUmask(022));
    assertThat(
            TABLE
                .settings(export, wanted, Moment.EXCLUSIVE_CREATION, false, IdMapper.NUMBERS)
                .changes())
        .isEqualTo(AttributeChanges.ofMode(0666).withUmask(022));
    assertThatThrownBy(() -> TABLE.settings(export, wanted, Moment.LATER, false, IdMapper.NUMBERS))
        .hasMessage("NFS4ERR_INVAL");
    Fattr4 both = values.put(Attrs.MODE, 0600L).build().encode();
    assertThatThrownBy(() -> TABLE.settings(export, both, Moment.CREATION, false, IdMapper.NUMBERS))
        .hasMessage("NFS4ERR_INVAL");
  }

  @Test
  void exclusiveCreateSetsOnlyAttributesOfSuppattrExclcreat() throws Exception {
    Export export = file(volume()).export();
    assertThat(TABLE.settableExclusively(export))
        .isEqualTo(
            Bitmap4.of(
                Attrs.SIZE.number(),
                Attrs.ACL.number(),
                Attrs.MODE.number(),
                Attrs.OWNER.number(),
                Attrs.OWNER_GROUP.number(),
                Attrs.MODE_UMASK.number()));
    assertThatThrownBy(() ->
            TABLE.settings(
                export,
                AttrValues.builder()
                    .put(Attrs.TIME_MODIFY_SET, new Settime4.ServerTime4())
                    .build()
                    .encode(),
                Moment.EXCLUSIVE_CREATION,
                false,
                IdMapper.NUMBERS))
        .hasMessage("NFS4ERR_INVAL");
  }

  @Test
  void valuesOutOfRangeFail() throws Exception {
    assertFails(AttrValues.builder().put(Attrs.MODE, 010000L), "NFS4ERR_INVAL");
    assertFails(AttrValues.builder().put(Attrs.SIZE, -1L), "NFS4ERR_FBIG");
    assertFails(AttrValues.builder().put(Attrs.OWNER, Opaque.EMPTY), "NFS4ERR_INVAL");
    assertFails(AttrValues.builder().put(Attrs.OWNER, Opaque.ofUtf8("alice")), "NFS4ERR_BADOWNER");
    Settime4 noSuchTime = new Settime4.ClientTime4(new Nfstime4(0, 1_000_000_000));
    assertFails(AttrValues.builder().put(Attrs.TIME_MODIFY_SET, noSuchTime), "NFS4ERR_INVAL");
  }

  /** As utimensat(2) does with a time that a file system cannot store. */
  @Test
  void timeOutOfRangeIsSetToTheNearestRepresentableOne() throws Exception {
    Map<Long, Instant> times =
        Map.of(
            Long.MAX_VALUE, Instant.MAX, Long.MIN_VALUE, Instant.MIN, 5L, Instant.ofEpochSecond(5));
    for (Map.Entry<Long, Instant> time : times.entrySet()) {
      Settime4 wanted = new Settime4.ClientTime4(new Nfstime4(time.getKey(), 0));
      Fattr4 encoded = AttrValues.builder().put(Attrs.TIME_MODIFY_SET, wanted).build().encode();
      assertThat(
              TABLE
                  .settings(file(volume()).export(), encoded, Moment.LATER, false, IdMapper.NUMBERS)
                  .changes())
          .isEqualTo(AttributeChanges.NONE.withMtime(TimeChange.at(time.getValue())));
    }
  }

  @Test
  void valuesThatDoNotDecodeReturnBadxdr() throws Exception {
    Subject file = file(volume());
    Fattr4 cut = new Fattr4(Bitmap4.of(Attrs.SIZE.number()), Opaque.ofHex("00000000"));
    Fattr4 more = new Fattr4(Bitmap4.of(Attrs.MODE.number()), Opaque.ofHex("0000000000000000"));
    for (Fattr4 bad : List.of(cut, more)) {
      assertThatThrownBy(
              () -> TABLE.settings(file.export(), bad, Moment.LATER, false, IdMapper.NUMBERS))
          .hasMessage("NFS4ERR_BADXDR");
      assertThatThrownBy(() -> TABLE.matches(file, bad)).hasMessage("NFS4ERR_BADXDR");
    }
  }

  @Test
  void attributesMatchTheirOwnValuesOnly() throws Exception {
    Subject file = file(volume());
    Bitmap4 requested =
        TABLE
            .supported(file.export())
            .andNot(writeOnly())
            .andNot(Bitmap4.of(Attrs.RDATTR_ERROR.number()));
    assertThat(TABLE.matches(file, TABLE.read(file, requested))).isTrue();
    assertThat(TABLE.matches(file, AttrValues.builder().put(Attrs.SIZE, 5L).build().encode()))
        .isTrue();
    assertThat(TABLE.matches(file, AttrValues.builder().put(Attrs.SIZE, 6L).build().encode()))
        .isFalse();
  }

  @Test
  void attributesThatCannotBeComparedFail() throws Exception {
    Subject file = file(volume());
    List<Attr<?>> invalid =
        List.of(Attrs.RDATTR_ERROR, Attrs.TIME_MODIFY_SET, Attrs.TIME_ACCESS_SET);
    for (Attr<?> attr : invalid) {
      assertThatThrownBy(() -> TABLE.matches(file, only(attr))).hasMessage("NFS4ERR_INVAL");
    }
    assertThatThrownBy(() -> TABLE.matches(file, only(Attrs.DACL)))
        .hasMessage("NFS4ERR_ATTRNOTSUPP");
  }

  @Test
  void failureInAListingIsReturnedInRdattrErrorOnRequest() throws XdrException {
    Fattr4 values =
        TABLE.readFailure(
            Bitmap4.of(Attrs.RDATTR_ERROR.number(), Attrs.SIZE.number()), Nfsstat4.NFS4ERR_IO, 9);
    assertThat(values)
        .isEqualTo(
            AttrValues.builder().put(Attrs.RDATTR_ERROR, Nfsstat4.NFS4ERR_IO).build().encode());
    assertThat(TABLE.readFailure(Bitmap4.of(Attrs.SIZE.number()), Nfsstat4.NFS4ERR_IO, 9)).isNull();
  }

  private static void assertFails(AttrValues.Builder values, String status) throws Exception {
    Export export = fileRef(volume()).export();
    assertThatThrownBy(() ->
            TABLE.settings(export, values.build().encode(), Moment.LATER, false, IdMapper.NUMBERS))
        .isInstanceOf(NfsStatusException.class)
        .hasMessage(status);
  }

  private static Fattr4 only(Attr<?> attr) {
    return new Fattr4(Bitmap4.of(attr.number()), Opaque.EMPTY);
  }

  private static Bitmap4 writeOnly() {
    List<Integer> numbers = new ArrayList<>();
    for (Attr<?> attr : Attrs.all()) {
      if (!attr.isReadable()) {
        numbers.add(attr.number());
      }
    }
    numbers.add(Attrs.MODE_UMASK.number());
    return Bitmap4.of(numbers.stream().mapToInt(Integer::intValue).toArray());
  }

  private static MemoryVolume volume() {
    return MemoryVolume.builder("attributes", InstantSource.fixed(NOW))
        .rootMode(0777)
        .quotas()
        .build();
  }

  private Subject file(Volume volume) throws StorageException {
    FileRef ref = fileRef(volume);
    Caller caller = Caller.of(1000, 100);
    return new Subject(Subject.of(ref, caller), caller, exports(volume), limits, IdMapper.NUMBERS);
  }

  private static FileRef fileRef(Volume volume) throws StorageException {
    Caller caller = Caller.of(1000, 100);
    try (var file =
        volume
            .create(
                caller,
                volume.root(),
                Name.of("file"),
                io.ferrynfs.storage.CreateMode.unchecked(),
                AttributeChanges.ofMode(0640).withSize(5),
                OpenAccess.READ)
            .file()) {
      return new FileRef(exports(volume).root().export(), file.handle());
    }
  }

  private static ExportNamespace exports(Volume volume) {
    var entries = new LinkedHashMap<String, ExportDefinition>();
    entries.put("/", new ExportDefinition(volume, Squash.NONE));
    return new ExportTable(entries, NOW).everything();
  }
}
