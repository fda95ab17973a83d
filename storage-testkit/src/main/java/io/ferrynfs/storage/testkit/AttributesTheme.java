package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Quota;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Space;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.TimeChange;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Reading and setting attributes. */
abstract class AttributesTheme extends Theme {
  private static final Instant THEN = Instant.parse("2001-02-03T04:05:06.123456789Z");

  private void set(Handle handle, AttributeChanges changes) throws StorageException {
    volume().setAttributes(user(), handle, changes, null);
  }

  private Instant stored(Instant time) {
    long resolution = volume().limits().timeResolutionNanos();
    return time.minusNanos(time.get(ChronoField.NANO_OF_SECOND) % resolution);
  }

  @Test
  void aNewFileHasTheRequestedAttributes() throws Exception {
    Created created =
        volume()
            .create(
                user(),
                root(),
                name("f"),
                CreateMode.guarded(),
                AttributeChanges.ofMode(0640)
                    .withSize(12345)
                    .withAtime(TimeChange.at(THEN))
                    .withMtime(TimeChange.at(THEN.plusSeconds(1))),
                OpenAccess.READ);
    created.file().close();
    Attributes attributes = attributes(created.handle());
    assertThat(attributes).isEqualTo(created.attributes());
    assertThat(attributes.type()).isEqualTo(FileType.REGULAR);
    assertThat(attributes.mode()).isEqualTo(0640);
    assertThat(attributes.size()).isEqualTo(12345);
    assertThat(attributes.nlink()).isEqualTo(1);
    assertThat(attributes.rdev()).isEqualTo(DeviceNumber.NONE);
    assertThat(attributes.atime()).isEqualTo(stored(THEN));
    assertThat(attributes.mtime()).isEqualTo(stored(THEN.plusSeconds(1)));
    assertThat(attributes.birth() != null).isEqualTo(has(Feature.BIRTH_TIME));
  }

  @Test
  void defaultModesGrantPermissionsToTheOwnerOnly() throws Exception {
    AttributeChanges none = AttributeChanges.NONE;
    Created created =
        volume()
            .create(user(), root(), name("f"), CreateMode.unchecked(), none, OpenAccess.READ_WRITE);
    created.file().close();
    assertThat(created.attributes().mode()).isEqualTo(0600);
    Handle directory = volume().makeDirectory(user(), root(), name("d"), none).handle();
    assertThat(attributes(directory).mode()).isEqualTo(0700);
  }

  @Test
  void eachObjectHasAUniqueStableFileId() throws Exception {
    Set<Long> ids = new HashSet<>();
    Handle file = file("f");
    Handle directory = directory(root(), "d");
    assertThat(ids.add(attributes(root()).fileId())).isTrue();
    assertThat(ids.add(attributes(directory).fileId())).isTrue();
    assertThat(ids.add(attributes(file).fileId())).isTrue();
    long fileId = attributes(file).fileId();
    volume().rename(user(), root(), name("f"), directory, name("g"));
    assertThat(attributes(file).fileId()).isEqualTo(fileId);
    harness().reopen();
    assertThat(attributes(file).fileId()).isEqualTo(fileId);
    assertThat(attributes(file).fsId()).isEqualTo(attributes(root()).fsId());
  }

  @Test
  void everyModeBitIsStored() throws Exception {
    Handle file = file("f");
    Handle directory = directory(root(), "d");
    for (int mode : new int[] {0, 0777, 0421, 04755, 01777, 06711, 0600}) {
      set(file, AttributeChanges.ofMode(mode));
      assertThat(attributes(file).mode()).isEqualTo(mode);
      set(directory, AttributeChanges.ofMode(mode));
      assertThat(attributes(directory).mode()).isEqualTo(mode);
    }
  }

  @Test
  void timesAreStoredToTheResolutionEvenBeforeTheEpoch() throws Exception {
    Handle file = file("f");
    for (Instant time : List.of(THEN, Instant.EPOCH, Instant.parse("1969-07-20T20:17:40.5Z"))) {
      set(
          file,
          AttributeChanges.NONE
              .withAtime(TimeChange.at(time))
              .withMtime(TimeChange.at(time.plusSeconds(7))));
      assertThat(attributes(file).atime()).isEqualTo(stored(time));
      assertThat(attributes(file).mtime()).isEqualTo(stored(time.plusSeconds(7)));
    }
    harness().reopen();
    assertThat(attributes(file).atime()).isEqualTo(Instant.parse("1969-07-20T20:17:40.5Z"));
  }

  @Test
  void oneTimeIsSetAndTheOtherStays() throws Exception {
    Handle file = file("f");
    set(file, AttributeChanges.NONE.withAtime(TimeChange.at(THEN)));
    set(file, AttributeChanges.NONE.withMtime(TimeChange.at(THEN.plusSeconds(60))));
    assertThat(attributes(file).atime()).isEqualTo(stored(THEN));
    set(file, AttributeChanges.NONE.withMtime(TimeChange.now()));
    assertThat(attributes(file).mtime()).isAfter(THEN.plusSeconds(60));
    assertThat(attributes(file).atime()).isEqualTo(stored(THEN));
  }

  @Test
  void aFileIsTruncatedAndExtendedWithZeros() throws Exception {
    Handle file = file(root(), "f", utf8("0123456789"));
    set(file, AttributeChanges.ofSize(4));
    assertThat(content(file)).isEqualTo(utf8("0123"));
    set(file, AttributeChanges.ofSize(6));
    assertThat(content(file)).isEqualTo(utf8("0123\0\0"));
    set(file, AttributeChanges.ofSize(0));
    assertThat(content(file)).isEmpty();
    assertThat(attributes(file).size()).isZero();
  }

  @Test
  void settingTheSizeRequiresARegularFile() throws Exception {
    AttributeChanges size = AttributeChanges.ofSize(0);
    Handle link = symlink(root(), "l", "t");
    assertStatus(Status.IS_DIRECTORY, () -> set(directory(root(), "d"), size));
    assertStatus(Status.SYMLINK, () -> set(link, size));
    assertStatus(Status.INVALID, () -> set(file("f"), AttributeChanges.ofSize(-1)));
    long tooBig = volume().limits().fileBytesMax() + 1;
    if (tooBig > 0) {
      assertStatus(Status.TOO_BIG, () -> set(lookup(root(), "f"), AttributeChanges.ofSize(tooBig)));
    }
    assertThat(content(lookup(root(), "f"))).isEqualTo(utf8("f"));
  }

  @Test
  void theSizeIsSetThroughAnOpenRegardlessOfTheMode() throws Exception {
    Handle file = file(root(), "f", utf8("content"));
    Handle other = file("other");
    try (OpenFile writer = open(file, OpenAccess.WRITE);
        OpenFile reader = open(file, OpenAccess.READ);
        OpenFile stranger = open(other, OpenAccess.WRITE)) {
      set(file, AttributeChanges.ofMode(0400));
      volume().setAttributes(user(), file, AttributeChanges.ofSize(3), writer);
      assertThat(content(file)).isEqualTo(utf8("con"));
      AttributeChanges empty = AttributeChanges.ofSize(0);
      assertStatus(Status.ACCESS, () -> volume().setAttributes(user(), file, empty, reader));
      assertStatus(Status.INVALID, () -> volume().setAttributes(user(), file, empty, stranger));
    }
    assertThat(content(file)).isEqualTo(utf8("con"));
    assertThat(content(other)).isEqualTo(utf8("other"));
  }

  @Test
  void aFailedCallChangesNothing() throws Exception {
    Handle directory = directory(root(), "d");
    Attributes before = attributes(directory);
    assertStatus(
        Status.IS_DIRECTORY, () -> set(directory, AttributeChanges.ofMode(0111).withSize(1)));
    assertThat(attributes(directory)).isEqualTo(before);
  }

  @Test
  void settingNothingChangesNothing() throws Exception {
    Handle file = file("f");
    Attributes before = attributes(file);
    set(file, AttributeChanges.NONE);
    assertThat(attributes(file)).isEqualTo(before);
  }

  @Test
  void aSymbolicLinkIgnoresItsModeAndStoresItsTimes() throws Exception {
    Handle link = symlink(root(), "l", "t");
    Attributes before = attributes(link);
    set(link, AttributeChanges.ofMode(0600));
    assertThat(attributes(link)).isEqualTo(before);
    set(link, AttributeChanges.ofMode(0600).withMtime(TimeChange.at(THEN)));
    assertThat(attributes(link).mtime()).isEqualTo(stored(THEN));
    assertThat(attributes(link).mode()).isEqualTo(before.mode());
  }

  @Test
  void aTimeOutOfRangeBecomesTheNearestStorableTime() throws Exception {
    Handle file = file("f");
    for (Instant far : List.of(Instant.MIN, Instant.MAX)) {
      set(file, AttributeChanges.ofMode(0640).withMtime(TimeChange.at(far)));
      Instant nearest = attributes(file).mtime();
      assertThat(nearest.isBefore(THEN)).isEqualTo(far.equals(Instant.MIN));
      set(file, AttributeChanges.NONE.withMtime(TimeChange.at(nearest)));
      assertThat(attributes(file).mtime()).isEqualTo(nearest);
      assertThat(attributes(file).mode()).isEqualTo(0640);
    }
  }

  @Test
  void everyChangeOfAFileChangesItsChangeAttribute() throws Exception {
    Handle file = file("f");
    Set<Long> seen = new HashSet<>();
    assertThat(seen.add(attributes(file).change())).isTrue();
    for (int i = 0; i < 10; i++) {
      try (OpenFile open = open(file, OpenAccess.WRITE)) {
        write(open, 0, utf8("x"));
        assertThat(seen.add(open.attributes().change())).as("write").isTrue();
        open.truncate(0);
        assertThat(seen.add(attributes(file).change())).as("truncate").isTrue();
      }
      set(file, AttributeChanges.ofMode(0644));
      assertThat(seen.add(attributes(file).change())).as("mode").isTrue();
      volume().link(user(), file, root(), name("g"));
      assertThat(seen.add(attributes(file).change())).as("link").isTrue();
      remove(root(), "g");
      assertThat(seen.add(attributes(file).change())).as("remove").isTrue();
    }
  }

  @Test
  void theChangeAttributeNeverDecreasesAcrossARestart() throws Exception {
    Handle file = file("f");
    long last = attributes(file).change();
    for (int i = 0; i < 5; i++) {
      set(file, AttributeChanges.NONE.withMtime(TimeChange.at(THEN)));
      assertThat(attributes(file).change()).isGreaterThan(last);
      last = attributes(file).change();
      harness().reopen();
      assertThat(attributes(file).change()).isGreaterThanOrEqualTo(last);
      last = attributes(file).change();
      assertThat(attributes(file).change()).as("nothing has changed").isEqualTo(last);
    }
  }

  @Test
  void tenThousandChangesIncreaseTheChangeAttributeEachTimeAndAfterARestart() throws Exception {
    Handle file = file("f");
    long last = attributes(file).change();
    for (int life = 0; life < 2; life++) {
      try (OpenFile open = open(file, OpenAccess.READ_WRITE)) {
        for (int i = 0; i < 5_000; i++) {
          write(open, i % 7, utf8("x"));
          long now = open.attributes().change();
          assertThat(now).isGreaterThan(last);
          last = now;
        }
      }
      harness().reopen();
      assertThat(attributes(file).change()).isGreaterThanOrEqualTo(last);
    }
  }

  @Test
  void aReadChangesNoChangeAttribute() throws Exception {
    Handle file = file("f");
    long before = attributes(file).change();
    assertThat(content(file)).isEqualTo(utf8("f"));
    assertThat(names(root())).hasSize(1);
    assertThat(attributes(file).change()).isEqualTo(before);
  }

  @Test
  void aDirectoryChangeReportsTheValuesBeforeAndAfter() throws Exception {
    Handle other = directory(root(), "other");
    Handle directory = directory(root(), "d");
    long start = attributes(directory).change();
    Created created = create(directory, "f");
    created.file().close();
    assertFollows(start, created.change(), directory);
    Name g = name("g");
    assertFollows(
        created.change().after(), volume().link(user(), created.handle(), directory, g), directory);
    long before = attributes(directory).change();
    ChangeInfo moved = volume().rename(user(), directory, g, directory, name("h")).source();
    assertFollows(before, moved, directory);
    ChangeInfo away = volume().rename(user(), directory, name("h"), other, g).source();
    assertFollows(moved.after(), away, directory);
    ChangeInfo removed = volume().remove(user(), directory, name("f"), RemoveKind.ANY);
    assertFollows(away.after(), removed, directory);
    ChangeInfo made = volume().makeDirectory(user(), directory, g, AttributeChanges.NONE).change();
    assertFollows(removed.after(), made, directory);
  }

  private void assertFollows(long before, ChangeInfo change, Handle directory)
      throws StorageException {
    assertThat(change.before()).isEqualTo(before);
    assertThat(change.after()).isGreaterThan(before).isEqualTo(attributes(directory).change());
  }

  @Test
  void nlinkOfADirectoryCountsItsSubdirectories() throws Exception {
    Handle directory = directory(root(), "d");
    long alone = attributes(directory).nlink();
    directory(directory, "a");
    directory(directory, "b");
    file(directory, "f", new byte[0]);
    // Some file systems do not count subdirectories, and nlink stays 1.
    assertThat(attributes(directory).nlink()).isIn(alone + 2, 1L);
    remove(directory, "a");
    volume().rename(user(), directory, name("b"), root(), name("b"));
    assertThat(attributes(directory).nlink()).isEqualTo(alone);
  }

  @Test
  void rightsThatDoNotApplyToATypeAreNotGranted() throws Exception {
    Set<AccessRight> all = EnumSet.allOf(AccessRight.class);
    Set<AccessRight> ofFile = volume().access(user(), file("f"), all);
    assertThat(ofFile).doesNotContain(AccessRight.LOOKUP, AccessRight.DELETE);
    assertThat(ofFile).contains(AccessRight.READ, AccessRight.MODIFY, AccessRight.EXTEND);
    Set<AccessRight> ofDirectory = volume().access(user(), directory(root(), "d"), all);
    assertThat(ofDirectory).doesNotContain(AccessRight.EXECUTE);
    assertThat(ofDirectory)
        .contains(
            AccessRight.READ,
            AccessRight.LOOKUP,
            AccessRight.MODIFY,
            AccessRight.EXTEND,
            AccessRight.DELETE);
  }

  @Test
  void onlyRequestedRightsAreGranted() throws Exception {
    Handle file = file("f");
    Set<AccessRight> read = EnumSet.of(AccessRight.READ);
    assertThat(volume().access(user(), file, read)).isEqualTo(read);
    assertThat(volume().access(user(), file, EnumSet.noneOf(AccessRight.class))).isEmpty();
  }

  @Test
  void spaceCountersAreConsistent() throws Exception {
    Space space = volume().space(user());
    assertThat(space.totalBytes()).isPositive();
    assertThat(space.freeBytes()).isBetween(0L, space.totalBytes());
    assertThat(space.availableBytes()).isBetween(0L, space.freeBytes());
    assertThat(space.freeFiles()).isBetween(0L, space.totalFiles());
    assertThat(space.availableFiles()).isBetween(0L, space.freeFiles());
  }

  @Test
  void aQuotaNeverExceedsTheAvailableSpace() throws Exception {
    Handle file = file(root(), "f", new byte[100 * KIB]);
    if (!has(Feature.QUOTAS)) {
      assertStatus(Status.NOT_SUPPORTED, () -> volume().quota(user(), file));
      return;
    }
    Quota quota = volume().quota(user(), file);
    Space space = volume().space(user());
    assertThat(quota.availableHardBytes()).isBetween(0L, space.totalBytes());
    assertThat(quota.availableSoftBytes()).isBetween(0L, quota.availableHardBytes());
    assertThat(quota.usedBytes()).isBetween(0L, space.totalBytes());
  }
}
