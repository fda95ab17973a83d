package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.TimeChange;
import org.junit.jupiter.api.Test;

/** The three modes of file creation, with and without an existing object. */
abstract class CreationTheme extends Theme {
  private Created create(CreateMode mode, AttributeChanges initial) throws StorageException {
    return volume().create(user(), root(), name("f"), mode, initial, OpenAccess.READ_WRITE);
  }

  private Handle createAndClose(CreateMode mode, AttributeChanges initial) throws StorageException {
    Created created = create(mode, initial);
    created.file().close();
    return created.handle();
  }

  @Test
  void anUncheckedCreationCreatesAFileThenOpensIt() throws Exception {
    AttributeChanges mode = AttributeChanges.ofMode(0640);
    Created made = create(CreateMode.unchecked(), mode);
    assertThat(made.createdNow()).isTrue();
    assertThat(made.change().after()).isNotEqualTo(made.change().before());
    write(made.file(), 0, utf8("content"));
    made.file().close();
    Created found = create(CreateMode.unchecked(), AttributeChanges.ofMode(0777));
    assertThat(found.createdNow()).isFalse();
    assertThat(found.handle()).isEqualTo(made.handle());
    assertThat(found.attributes().mode()).as("the mode applies to new files only").isEqualTo(0640);
    assertThat(found.change().after()).isEqualTo(found.change().before());
    assertThat(read(found.file(), 0, 10)).isEqualTo(utf8("content"));
    found.file().close();
  }

  @Test
  void anUncheckedCreationWithSizeZeroTruncatesAnExistingFile() throws Exception {
    Handle handle = file(root(), "f", utf8("content"));
    try (OpenFile open = open(handle, OpenAccess.READ)) {
      createAndClose(CreateMode.unchecked(), AttributeChanges.ofSize(3));
      assertThat(open.size()).as("only size 0 applies").isEqualTo(7);
      Created emptied = create(CreateMode.unchecked(), AttributeChanges.ofSize(0));
      assertThat(emptied.attributes().size()).isZero();
      emptied.file().close();
      assertThat(open.size()).isZero();
    }
  }

  @Test
  void aGuardedCreationCreatesAFileOnce() throws Exception {
    Handle made = createAndClose(CreateMode.guarded(), AttributeChanges.NONE);
    long change = attributes(root()).change();
    assertStatus(Status.EXISTS, () -> create(CreateMode.guarded(), AttributeChanges.ofSize(0)));
    assertThat(lookup(root(), "f")).isEqualTo(made);
    assertThat(attributes(root()).change()).isEqualTo(change);
  }

  @Test
  void aRetriedExclusiveCreationGetsTheSameFile() throws Exception {
    AttributeChanges mode = AttributeChanges.ofMode(0600);
    Created first = create(CreateMode.exclusive(0x1234567890abcdefL), mode);
    first.file().close();
    assertThat(first.createdNow()).isTrue();
    Created retry = create(CreateMode.exclusive(0x1234567890abcdefL), mode);
    assertThat(retry.createdNow()).isFalse();
    assertThat(retry.handle()).isEqualTo(first.handle());
    assertThat(retry.attributes().mode()).isEqualTo(0600);
    write(retry.file(), 0, utf8("x"));
    retry.file().close();
  }

  @Test
  void anExclusiveCreationWithAnotherVerifierFailsWithExists() throws Exception {
    Handle made = createAndClose(CreateMode.exclusive(-1), AttributeChanges.NONE);
    for (long verifier : new long[] {0, 1, -2, Long.MIN_VALUE, 0xffffffffL}) {
      CreateMode other = CreateMode.exclusive(verifier);
      assertStatus(Status.EXISTS, () -> create(other, AttributeChanges.NONE));
    }
    assertThat(lookup(root(), "f")).isEqualTo(made);
  }

  @Test
  void anExclusiveCreationNeverOpensAFileOfAnotherMode() throws Exception {
    file("f");
    for (long verifier : new long[] {0, 1, -1}) {
      CreateMode mode = CreateMode.exclusive(verifier);
      assertStatus(Status.EXISTS, () -> create(mode, AttributeChanges.NONE));
    }
  }

  @Test
  void anExclusiveRetryIsRecognizedAfterARestart() throws Exception {
    Handle made = createAndClose(CreateMode.exclusive(42), AttributeChanges.ofMode(0644));
    harness().reopen();
    Created retry = create(CreateMode.exclusive(42), AttributeChanges.ofMode(0644));
    retry.file().close();
    assertThat(retry.handle()).isEqualTo(made);
    assertThat(retry.createdNow()).isFalse();
    assertStatus(Status.EXISTS, () -> create(CreateMode.exclusive(43), AttributeChanges.NONE));
  }

  @Test
  void anExclusiveRetryIsRecognizedAfterARename() throws Exception {
    Handle made = createAndClose(CreateMode.exclusive(42), AttributeChanges.NONE);
    volume().rename(user(), root(), name("f"), root(), name("g"));
    Created other = create(CreateMode.exclusive(42), AttributeChanges.NONE);
    other.file().close();
    assertThat(other.createdNow()).as("the name is free").isTrue();
    assertThat(other.handle()).isNotEqualTo(made);
  }

  @Test
  void anExclusiveCreationSetsNoTimes() throws Exception {
    AttributeChanges times = AttributeChanges.NONE.withMtime(TimeChange.now());
    assertStatus(Status.INVALID, () -> create(CreateMode.exclusive(1), times));
    assertThat(names(root())).isEmpty();
  }

  @Test
  void creationNeverOpensAnotherType() throws Exception {
    CreateMode unchecked = CreateMode.unchecked();
    AttributeChanges none = AttributeChanges.NONE;
    directory(root(), "f");
    assertStatus(Status.IS_DIRECTORY, () -> create(unchecked, none));
    assertTaken();
    symlink(root(), "f", "nowhere");
    assertStatus(Status.SYMLINK, () -> create(unchecked, none));
    assertTaken();
    volume().makeNode(user(), root(), name("f"), FileType.FIFO, DeviceNumber.NONE, none);
    assertStatus(Status.WRONG_TYPE, () -> create(unchecked, none));
    assertTaken();
    assertThat(names(root())).isEmpty();
  }

  private void assertTaken() throws StorageException {
    AttributeChanges none = AttributeChanges.NONE;
    assertStatus(Status.EXISTS, () -> create(CreateMode.guarded(), none));
    assertStatus(Status.EXISTS, () -> create(CreateMode.exclusive(1), none));
    remove(root(), "f");
  }

  @Test
  void creationOfAnotherTypeOverAnExistingNameFails() throws Exception {
    Handle taken = file("f");
    AttributeChanges none = AttributeChanges.NONE;
    long before = attributes(root()).change();
    assertStatus(Status.EXISTS, () -> volume().makeDirectory(user(), root(), name("f"), none));
    assertStatus(
        Status.EXISTS, () -> volume().makeSymlink(user(), root(), name("f"), utf8("t"), none));
    assertStatus(
        Status.EXISTS,
        () ->
            volume().makeNode(user(), root(), name("f"), FileType.SOCKET, DeviceNumber.NONE, none));
    assertThat(attributes(root()).change()).isEqualTo(before);
    assertThat(lookup(root(), "f")).isEqualTo(taken);
  }

  @Test
  void aFileWithAnInvalidSizeIsNotCreated() throws Exception {
    assertStatus(Status.INVALID, () -> create(CreateMode.guarded(), AttributeChanges.ofSize(-1)));
    assertThat(names(root())).isEmpty();
  }
}
