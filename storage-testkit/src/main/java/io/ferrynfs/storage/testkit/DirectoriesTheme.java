package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Reading directories, including large ones and ones that change. */
abstract class DirectoriesTheme extends Theme {
  private static final int MANY = 100_000;

  /** An entry as the volume offered it. */
  private record Seen(Name name, long cookie, long fileId) {}

  /** A reader with its position between calls. */
  private final class Reader {
    final Handle directory;
    final List<Seen> seen = new ArrayList<>();
    long cookie;
    long verifier;
    boolean end;

    Reader(Handle directory) {
      this.directory = directory;
    }

    /** Reads the next {@code count} entries. */
    void next(int count) throws StorageException {
      int full = seen.size() + count;
      DirectoryPage page =
          volume()
              .readDirectory(
                  user(),
                  directory,
                  cookie,
                  verifier,
                  entry -> {
                    if (seen.size() == full) {
                      return false;
                    }
                    seen.add(new Seen(entry.name(), entry.cookie(), entry.fileId()));
                    cookie = entry.cookie();
                    return true;
                  });
      verifier = page.verifier();
      end = page.end();
    }

    List<Name> all(int pageSize) throws StorageException {
      while (!end) {
        int before = seen.size();
        next(pageSize);
        assertThat(end || seen.size() == before + pageSize).as("pages are full").isTrue();
      }
      return seen.stream().map(Seen::name).sorted().toList();
    }
  }

  private static List<Name> numbered(String prefix, int count) throws StorageException {
    List<Name> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      names.add(name(prefix + i));
    }
    names.sort(null);
    return names;
  }

  private Handle filled(int count) throws Exception {
    Handle directory = directory(root(), "d");
    harness().populate(directory, numbered("name", count));
    return directory;
  }

  @Test
  void anEmptyDirectoryHasNoEntries() throws Exception {
    Reader reader = new Reader(directory(root(), "d"));
    reader.next(10);
    assertThat(reader.end).isTrue();
    assertThat(reader.seen).isEmpty();
  }

  @Test
  void onlyADirectoryIsRead() throws Exception {
    assertStatus(Status.NOT_DIRECTORY, () -> names(file("f")));
    assertStatus(Status.SYMLINK, () -> names(symlink(root(), "l", ".")));
  }

  @Test
  void everyPageSizeReturnsEachEntryOnce() throws Exception {
    Handle directory = filled(50);
    for (int pageSize : new int[] {1, 2, 7, 49, 50, 51, 1000}) {
      assertThat(new Reader(directory).all(pageSize)).isEqualTo(numbered("name", 50));
    }
  }

  @Test
  void cookiesAreUniqueUnreservedAndStable() throws Exception {
    Reader first = new Reader(filled(200));
    first.all(1000);
    Set<Long> cookies = new HashSet<>();
    for (Seen seen : first.seen) {
      assertThat(cookies.add(seen.cookie())).isTrue();
      assertThat(seen.cookie()).isNotIn(0L, 1L, 2L);
    }
    Reader second = new Reader(first.directory);
    second.all(3);
    assertThat(second.seen).isEqualTo(first.seen);
  }

  @Test
  void aReaderResumesAtEveryCookie() throws Exception {
    Reader whole = new Reader(filled(30));
    whole.all(30);
    for (int i = 0; i < 30; i++) {
      Reader rest = new Reader(whole.directory);
      rest.cookie = whole.seen.get(i).cookie();
      rest.verifier = whole.verifier;
      rest.all(4);
      assertThat(rest.seen).isEqualTo(whole.seen.subList(i + 1, 30));
    }
  }

  @Test
  void anEntryReportsItsObject() throws Exception {
    Map<Name, Handle> handles = new HashMap<>();
    handles.put(name("f"), file("f"));
    handles.put(name("d"), directory(root(), "d"));
    handles.put(name("l"), symlink(root(), "l", "t"));
    Map<Name, Handle> seen = new HashMap<>();
    Map<Name, Attributes> attributes = new HashMap<>();
    volume()
        .readDirectory(
            user(),
            root(),
            0,
            0,
            entry -> {
              seen.put(entry.name(), entry.handle());
              attributes.put(entry.name(), entry.attributes());
              assertThat(entry.fileId()).isEqualTo(entry.attributes().fileId());
              return true;
            });
    assertThat(seen).isEqualTo(handles);
    for (Map.Entry<Name, Handle> entry : handles.entrySet()) {
      assertThat(attributes.get(entry.getKey())).isEqualTo(attributes(entry.getValue()));
    }
  }

  @Test
  void aReaderResumesAfterTheRemovalOfItsLastEntry() throws Exception {
    Reader reader = new Reader(filled(100));
    reader.next(50);
    Name last = reader.seen.getLast().name();
    remove(reader.directory, last.toString());
    assertThat(reader.all(7)).isEqualTo(numbered("name", 100));
  }

  @Test
  void aReaderResumesAfterTheRemovalOfAllEntriesThatItRead() throws Exception {
    Reader reader = new Reader(filled(100));
    while (!reader.end) {
      reader.next(10);
      for (Name name : names(reader.directory)) {
        if (reader.seen.stream().anyMatch(seen -> seen.name().equals(name))) {
          remove(reader.directory, name.toString());
        }
      }
    }
    assertThat(reader.all(1)).isEqualTo(numbered("name", 100));
    assertThat(names(reader.directory)).isEmpty();
  }

  @Test
  void aReaderResumesAfterARestart() throws Exception {
    Reader reader = new Reader(filled(100));
    reader.next(33);
    harness().reopen();
    assertThat(reader.all(33)).isEqualTo(numbered("name", 100));
  }

  @Test
  void entriesMayChangeWhileTheyAreOffered() throws Exception {
    Handle directory = filled(20);
    Set<Name> seen = new HashSet<>();
    volume()
        .readDirectory(
            user(),
            directory,
            0,
            0,
            entry -> {
              assertThat(seen.add(entry.name())).isTrue();
              remove(directory, entry.name().toString());
              return true;
            });
    assertThat(seen).containsAll(numbered("name", 20));
    assertThat(names(directory)).isEmpty();
  }

  @Test
  void exceptionsOfTheSinkArePropagated() throws Exception {
    Handle directory = filled(3);
    assertStatus(
        Status.QUOTA,
        () ->
            volume()
                .readDirectory(
                    user(),
                    directory,
                    0,
                    0,
                    entry -> {
                      throw new StorageException(Status.QUOTA);
                    }));
  }

  @Test
  void aHundredThousandEntriesAreReadOnceWhileOthersChange() throws Exception {
    Handle directory = filled(MANY);
    harness().populate(directory, numbered("going", 400));
    Reader reader = new Reader(directory);
    int round = 0;
    while (!reader.end) {
      reader.next(1000);
      for (int i = 0; i < 4 && round < 100; i++) {
        remove(directory, "going" + (round * 4 + i));
        symlink(directory, "coming" + (round * 4 + i), "t");
      }
      round++;
    }
    Map<Name, Integer> times = new HashMap<>();
    reader.seen.forEach(seen -> times.merge(seen.name(), 1, Integer::sum));
    assertThat(times.values()).allMatch(count -> count == 1);
    assertThat(times.keySet().containsAll(numbered("name", MANY))).isTrue();
    assertThat(round).isGreaterThanOrEqualTo(100);
    assertThat(attributes(directory).isDirectory()).isTrue();
  }
}
