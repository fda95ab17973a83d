package io.ferrynfs.storage.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Local files by descriptor, while other processes change their names. */
class LocalEntryTest {
  private Path outside;
  private Path folder;
  private LocalDirectory base;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    outside = Files.writeString(temporary.resolve("outside"), "kept");
    folder = Files.createDirectory(temporary.resolve("folder"));
    base = LocalDirectory.open(folder.toString().getBytes(StandardCharsets.UTF_8));
  }

  @AfterEach
  void close() {
    base.close();
  }

  private LocalEntry entry(String... names) {
    return base.entry(
        Arrays.stream(names).map(name -> name.getBytes(StandardCharsets.UTF_8)).toList(), false);
  }

  @Test
  void aFileIsNotCreatedThroughASymbolicLink() throws IOException {
    Files.createSymbolicLink(folder.resolve("x"), outside);
    assertThatThrownBy(() -> entry("x").create(0600))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> entry("x").replace(stat -> true, true))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("a symbolic link is in the way");
    assertThat(Files.readString(outside)).isEqualTo("kept");
  }

  @Test
  void nothingBelowASymbolicLinkIsReached() throws IOException {
    Path other = Files.createDirectory(folder.resolveSibling("other"));
    Files.createSymbolicLink(folder.resolve("dir"), other);
    for (String[] names : new String[][] {{"dir", "x"}, {"dir", "y", "x"}}) {
      assertThatThrownBy(() -> entry(names).create(0600)).isInstanceOf(FileSystemException.class);
      assertThatThrownBy(() -> entry(names).makeDirectory(0700))
          .isInstanceOf(FileSystemException.class);
      assertThatThrownBy(() -> entry(names).remove(false)).isInstanceOf(FileSystemException.class);
    }
    assertThat(other).isEmptyDirectory();
    assertThatThrownBy(() -> entry("..", "x")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> entry("a/b")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anOpenDirectoryIsIndependentOfItsPath() throws IOException {
    Path moved = folder.resolveSibling("moved");
    Files.move(folder, moved);
    Path trap = Files.createDirectory(folder.resolveSibling("trap"));
    Files.createSymbolicLink(folder, trap);
    entry("x").create(0600).close();
    assertThat(trap).isEmptyDirectory();
    assertThat(moved.resolve("x")).exists();
  }

  @Test
  void aFileThatWasReplacedIsNotOverwritten() throws IOException {
    Files.writeString(folder.resolve("x"), "first");
    LocalStat first = entry("x").stat();
    Files.move(folder.resolve("x"), folder.resolve("y"));
    Files.writeString(folder.resolve("x"), "second");
    assertThatThrownBy(() -> entry("x").replace(stat -> stat.inode() == first.inode(), true))
        .hasMessageContaining("replaced by another file");
    assertThat(Files.readString(folder.resolve("x"))).isEqualTo("second");
  }

  @Test
  void namesAreBytes() throws IOException {
    byte[] one = {'c', 'a', 'f', (byte) 0xe8};
    byte[] other = {'c', 'a', 'f', (byte) 0xe9};
    base.entry(List.of(one), false).create(0600).close();
    base.entry(List.of(other), false).makeSymlink(one);
    TreeSet<String> names = new TreeSet<>();
    try (LocalListing listing = base.entry(List.of(), false).list()) {
      for (LocalListing.Entry entry = listing.next(); entry != null; entry = listing.next()) {
        names.add(new String(entry.name(), StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(names).containsExactly("caf\u00e8", "caf\u00e9");
    try (LocalObject link = base.entry(List.of(other), false).object()) {
      assertThat(link.readSymlink()).isEqualTo(one);
    }
  }

  @Test
  void aPathMayBeLongerThanPathMax() throws IOException {
    List<String> names = new ArrayList<>();
    for (int depth = 0; depth < 60; depth++) {
      names.add("d".repeat(200));
      entry(names.toArray(String[]::new)).makeDirectory(0700);
    }
    names.add("file");
    LocalEntry file = entry(names.toArray(String[]::new));
    try (LocalFile made = file.create(0600)) {
      made.write(ByteBuffer.wrap(new byte[] {7}), 0);
    }
    assertThat(file.stat().sizeBytes()).isEqualTo(1);
    for (; !names.isEmpty(); names.removeLast()) {
      entry(names.toArray(String[]::new)).remove(!names.getLast().equals("file"));
    }
  }

  @Test
  void timesBeforeTheEpochAndLinksOfEveryTypeWork() throws IOException {
    entry("fifo").makeSpecial(LocalStat.FIFO, 0600, 0, 0);
    entry("fifo2").makeLink(entry("fifo"));
    entry("link").makeSymlink("no such target".getBytes(StandardCharsets.UTF_8));
    entry("link2").makeLink(entry("link"));
    Instant time = Instant.parse("1901-12-14T00:00:00.5Z");
    try (LocalObject link = entry("link").object()) {
      link.setTimes(time, time);
    }
    assertThat(entry("link2").stat().modifyTime()).isEqualTo(time);
    assertThat(entry("link2").stat().type()).isEqualTo(LocalStat.SYMLINK);
    assertThat(entry("fifo2").stat().links()).isEqualTo(2);
  }
}
