package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.Advice;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Created;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.SyncScope;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Opening, duplicating and closing files. */
abstract class OpenFilesTheme extends Theme {
  @Test
  void onlyARegularFileIsOpened() throws Exception {
    Handle fifo =
        volume()
            .makeNode(
                user(),
                root(),
                name("fifo"),
                FileType.FIFO,
                DeviceNumber.NONE,
                AttributeChanges.ofMode(0666))
            .handle();
    Handle link = symlink(root(), "link", "fifo");
    for (OpenAccess access : OpenAccess.values()) {
      assertStatus(Status.IS_DIRECTORY, () -> open(root(), access).close());
      assertStatus(Status.SYMLINK, () -> open(link, access).close());
      assertStatus(Status.WRONG_TYPE, () -> open(fifo, access).close());
    }
  }

  @Test
  void aFilePermitsOnlyItsOpenAccess() throws Exception {
    Handle handle = file("f");
    try (OpenFile reader = open(handle, OpenAccess.READ);
        OpenFile writer = open(handle, OpenAccess.WRITE)) {
      assertThat(reader.access()).isEqualTo(OpenAccess.READ);
      assertThat(writer.access()).isEqualTo(OpenAccess.WRITE);
      assertStatus(Status.ACCESS, () -> write(reader, 0, utf8("x")));
      assertStatus(Status.ACCESS, () -> reader.truncate(0));
      assertStatus(Status.ACCESS, () -> read(writer, 0, 1));
      assertStatus(Status.ACCESS, () -> reader.copyRange(reader, 0, 10, 1));
      assertStatus(Status.ACCESS, () -> writer.copyRange(writer, 0, 10, 1));
      write(writer, 1, utf8("g"));
      assertThat(read(reader, 0, 10)).isEqualTo(utf8("fg"));
    }
  }

  @Test
  void severalOpensSeeEachOthersWritesImmediately() throws Exception {
    Handle handle = file("f");
    try (OpenFile first = open(handle, OpenAccess.READ_WRITE);
        OpenFile second = open(handle, OpenAccess.READ_WRITE)) {
      write(first, 0, utf8("first"));
      assertThat(read(second, 0, 10)).isEqualTo(utf8("first"));
      second.truncate(2);
      assertThat(read(first, 0, 10)).isEqualTo(utf8("fi"));
    }
  }

  @Test
  void adviceOfAnyKindAndSizeChangesNothing() throws Exception {
    Handle handle = file("f");
    for (OpenAccess access : OpenAccess.values()) {
      try (OpenFile file = open(handle, access)) {
        for (Advice advice : Advice.values()) {
          boolean first = file.advise(0, 0, advice);
          assertThat(file.advise(1, 5, advice)).as(advice + "").isEqualTo(first);
          assertThat(file.advise(Long.MAX_VALUE, Long.MAX_VALUE, advice)).isEqualTo(first);
          assertStatus(Status.INVALID, () -> file.advise(-1, 1, advice));
          assertStatus(Status.INVALID, () -> file.advise(1, -1, advice));
        }
      }
    }
    try (OpenFile file = open(handle, OpenAccess.READ)) {
      assertThat(read(file, 0, 10)).isEqualTo(utf8("f"));
    }
  }

  @Test
  void aClosedFileFailsWithClosed() throws Exception {
    OpenFile file = create(root(), "f").file();
    file.close();
    file.close();
    assertStatus(Status.CLOSED, () -> file.read(ByteBuffer.allocate(1), 0));
    assertStatus(Status.CLOSED, () -> file.write(ByteBuffer.allocate(1), 0));
    assertStatus(Status.CLOSED, file::attributes);
    assertStatus(Status.CLOSED, file::size);
    assertStatus(Status.CLOSED, () -> file.advise(0, 0, Advice.NORMAL));
    assertStatus(Status.CLOSED, () -> file.truncate(0));
    assertStatus(Status.CLOSED, () -> file.sync(SyncScope.ALL));
    assertStatus(Status.CLOSED, () -> file.duplicate().close());
    assertThat(file.handle()).isEqualTo(lookup(root(), "f"));
  }

  @Test
  void aDuplicateOutlivesItsOriginal() throws Exception {
    Created created = create(root(), "f");
    write(created.file(), 0, utf8("content"));
    OpenFile duplicate = created.file().duplicate();
    created.file().close();
    remove(root(), "f");
    assertThat(duplicate.handle()).isEqualTo(created.handle());
    assertThat(duplicate.access()).isEqualTo(OpenAccess.READ_WRITE);
    assertThat(read(duplicate, 0, 10)).isEqualTo(utf8("content"));
    assertThat(attributes(created.handle()).size()).isEqualTo(7);
    write(duplicate, 7, utf8("!"));
    duplicate.close();
    assertGone(created.handle());
  }

  @Test
  void aDuplicateNeedsNoPermission() throws Exception {
    Handle handle = file("f");
    try (OpenFile file = open(handle, OpenAccess.READ_WRITE)) {
      volume().setAttributes(user(), handle, AttributeChanges.ofMode(0), null);
      try (OpenFile duplicate = file.duplicate()) {
        write(duplicate, 0, utf8("x"));
        assertThat(read(duplicate, 0, 10)).isEqualTo(utf8("x"));
      }
    }
  }

  @Test
  void anOpenFileFollowsItsObjectNotItsName() throws Exception {
    Created created = create(root(), "f");
    volume().rename(user(), root(), name("f"), root(), name("g"));
    file(root(), "f", utf8("another"));
    write(created.file(), 0, utf8("moved"));
    created.file().close();
    assertThat(content(lookup(root(), "g"))).isEqualTo(utf8("moved"));
    assertThat(content(lookup(root(), "f"))).isEqualTo(utf8("another"));
  }

  @Test
  void manyFilesAreOpenAtOnce() throws Exception {
    OpenFile[] files = new OpenFile[200];
    for (int i = 0; i < files.length; i++) {
      files[i] = create(root(), "f" + i).file();
      write(files[i], 0, utf8("f" + i));
    }
    for (int i = 0; i < files.length; i++) {
      assertThat(read(files[i], 0, 10)).isEqualTo(utf8("f" + i));
      files[i].close();
    }
  }

  @Test
  void aClosedVolumeFailsWithClosedAndItsOpenFilesStayUsable() throws Exception {
    Created created = create(root(), "f");
    Handle root = root();
    var old = volume();
    old.close();
    old.close();
    assertStatus(Status.CLOSED, () -> old.attributes(user(), root));
    assertStatus(Status.CLOSED, () -> old.lookup(user(), root, name("f")));
    assertStatus(Status.CLOSED, () -> old.readDirectory(user(), root, 0, 0, entry -> true));
    writeAndClose(created.file());
    harness().reopen();
    assertThat(content(created.handle())).isEqualTo(utf8("late"));
  }

  private static void writeAndClose(OpenFile file) throws StorageException {
    write(file, 0, utf8("late"));
    file.sync(SyncScope.ALL);
    file.close();
  }
}
