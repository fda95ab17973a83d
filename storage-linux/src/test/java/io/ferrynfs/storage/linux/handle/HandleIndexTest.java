package io.ferrynfs.storage.linux.handle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index of handles and its journal after each way in which a process can end. */
final class HandleIndexTest {
  @TempDir Path directory;

  private static ObjectId id(long number) {
    return new ObjectId(number, ~number);
  }

  private static Location place(long parent, String name) {
    return new Location(id(parent), name.getBytes(StandardCharsets.UTF_8));
  }

  /** Simulates a killed process: copies the current files without closing the index. */
  private Path killed() throws Exception {
    Path copy = Files.createDirectory(directory.resolve("copy"));
    for (String name : List.of("handles.mv", "handles.journal")) {
      Files.copy(directory.resolve(name), copy.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }

  @Test
  void placesSurviveAKillOfTheProcess() throws Exception {
    Path copy;
    try (HandleIndex index = HandleIndex.open(directory)) {
      for (int i = 0; i < 5000; i++) {
        index.put(id(i), place(1, "name" + i));
      }
      index.forget(id(7));
      index.put(id(8), place(2, "elsewhere"));
      copy = killed();
    }
    try (HandleIndex index = HandleIndex.open(copy)) {
      assertThat(index.places(id(7))).isEmpty();
      assertThat(index.places(id(8))).containsExactly(place(2, "elsewhere"), place(1, "name8"));
      for (int i = 9; i < 5000; i++) {
        assertThat(index.places(id(i))).containsExactly(place(1, "name" + i));
      }
      assertThat(index.tailLost()).isFalse();
    }
  }

  @Test
  void onlyTheServersUserCanAccessTheFiles() throws Exception {
    try (HandleIndex index = HandleIndex.open(directory)) {
      index.put(id(1), place(1, "name"));
      for (String name : List.of("handles.mv", "handles.journal")) {
        assertThat(
                PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(directory.resolve(name))))
            .as(name)
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void aTruncatedRecordEndsTheReplay() throws Exception {
    Path copy;
    try (HandleIndex index = HandleIndex.open(directory)) {
      index.put(id(1), place(0, "whole"));
      index.put(id(2), place(0, "torn"));
      copy = killed();
    }
    Path journal = copy.resolve("handles.journal");
    byte[] bytes = Files.readAllBytes(journal);
    Files.write(journal, Arrays.copyOf(bytes, bytes.length - 3));
    try (HandleIndex index = HandleIndex.open(copy)) {
      assertThat(index.places(id(1))).containsExactly(place(0, "whole"));
      assertThat(index.places(id(2))).isEmpty();
    }
  }

  @Test
  void garbageInTheJournalIsIgnored() throws Exception {
    HandleIndex.open(directory).close();
    byte[] garbage = new byte[100_000];
    for (int i = 0; i < garbage.length; i++) {
      garbage[i] = (byte) (i * 131 + i / 7);
    }
    Files.write(directory.resolve("handles.journal"), garbage, StandardOpenOption.CREATE);
    try (HandleIndex index = HandleIndex.open(directory)) {
      index.put(id(3), place(0, "fine"));
      assertThat(index.places(id(3))).containsExactly(place(0, "fine"));
    }
  }

  @Test
  void theJournalIsResetAtItsMaximumSize() throws Exception {
    try (HandleIndex index = HandleIndex.open(directory)) {
      String name = "n".repeat(200);
      for (int i = 0; i < 40_000; i++) {
        index.put(id(i), place(1, name + i));
      }
      assertThat(Files.size(directory.resolve("handles.journal"))).isLessThan(5 << 20);
      assertThat(index.places(id(39_999))).containsExactly(place(1, name + 39_999));
    }
    try (HandleIndex index = HandleIndex.open(directory)) {
      assertThat(index.places(id(0))).hasSize(1);
    }
  }

  @Test
  void anObjectKeepsItsMostLikelyPlacesOnly() throws Exception {
    try (HandleIndex index = HandleIndex.open(directory)) {
      for (int i = 0; i < 10; i++) {
        index.put(id(1), place(0, "" + i));
      }
      assertThat(index.places(id(1)))
          .containsExactly(place(0, "9"), place(0, "8"), place(0, "7"), place(0, "6"));
      index.remove(id(1), place(0, "8"));
      assertThat(index.place(id(1))).isEqualTo(place(0, "9"));
      for (String name : List.of("9", "7", "6")) {
        index.remove(id(1), place(0, name));
      }
      assertThat(index.places(id(1))).containsExactly(place(0, "6"));
    }
  }

  // The vectors of the reference implementation: key 00..0f, input 00..n-1.
  @Test
  void sipHashMatchesTheReferenceVectors() {
    byte[] input = new byte[64];
    for (int i = 0; i < input.length; i++) {
      input[i] = (byte) i;
    }
    long k0 = 0x0706050403020100L;
    long k1 = 0x0f0e0d0c0b0a0908L;
    assertThat(SipHash.hash(k0, k1, input, 0, 0)).isEqualTo(0x726fdb47dd0e0e31L);
    assertThat(SipHash.hash(k0, k1, input, 0, 1)).isEqualTo(0x74f839c593dc67fdL);
    assertThat(SipHash.hash(k0, k1, input, 0, 8)).isEqualTo(0x93f5f5799a932462L);
    assertThat(SipHash.hash(k0, k1, input, 0, 15)).isEqualTo(0xa129ca6149be45e5L);
  }
}
