package io.ferrynfs.server.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.ClientKey;
import io.ferrynfs.wire.xdr.Opaque;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry in a file: written records survive the end of the process or of the machine. */
class StoredClientRegistryTest {
  private static final int KILLS = 5;
  private static final int CLIENTS = 40;

  /** Enough steps for the process to start a new file once or twice. */
  private static final int STEPS = 90;

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("clients.mv");
  }

  static ClientKey client(int number) {
    return new ClientKey(Opaque.ofUtf8("client " + number), 1, "4294967294");
  }

  private static Map<ClientKey, @Nullable Integer> change(int number, @Nullable Integer seconds) {
    Map<ClientKey, @Nullable Integer> change = new HashMap<>();
    change.put(client(number), seconds);
    return change;
  }

  @Test
  void writtenRecordsSurviveWithoutAnOrderlyClose() throws IOException {
    Path copy = folder.resolve("copy.mv");
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      assertThat(registry.load()).isEmpty();
      registry.write(change(1, 90));
      registry.write(change(2, 15));
      registry.write(change(1, null));
      Files.copy(file(), copy);
    }
    for (Path kept : List.of(file(), copy)) {
      try (StoredClientRegistry registry = StoredClientRegistry.open(kept)) {
        assertThat(registry.load()).isEqualTo(Map.of(client(2), 15));
      }
    }
  }

  @Test
  void failureNamesThePathAndTheReasonAndTheRegistryCanBeginAgain() throws IOException {
    Path fresh = folder.resolve("clients.mv.new");
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      registry.write(change(1, 90));
      registry.discard();
      assertThat(file()).doesNotExist();
      Files.createDirectory(file());
      assertThatThrownBy(registry::begin)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(file() + ": ")
          .hasMessageNotContaining("MVStore");
      Files.delete(file());
      registry.begin();
      registry.write(change(2, 15));
    }
    assertThat(fresh).doesNotExist();
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      assertThat(registry.load()).isEqualTo(Map.of(client(2), 15));
    }
  }

  @Test
  void fileAndItsReplacementsAreReadableByTheirOwnerOnly() throws IOException {
    Files.createFile(file());
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-r--"));
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      assertThat(permissions()).isEqualTo("rw-------");
      for (int step = 0; step < STEPS; step++) {
        for (int number = 0; number < CLIENTS; number++) {
          registry.write(change(number, step));
          assertThat(permissions()).isEqualTo("rw-------");
        }
      }
    }
  }

  private String permissions() throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file()));
  }

  @Test
  void nameOfArbitraryBytesIsKept() throws IOException {
    byte[] name = new byte[1024];
    for (int i = 0; i < name.length; i++) {
      name[i] = (byte) i;
    }
    ClientKey longest = new ClientKey(Opaque.of(name), 0, "nobody");
    ClientKey shortest = new ClientKey(Opaque.EMPTY, 1, "0");
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      registry.write(Map.of(longest, 1, shortest, 2));
    }
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      assertThat(registry.load()).isEqualTo(Map.of(longest, 1, shortest, 2));
    }
  }

  @Test
  void registryIsUsedByOneServerAtATime() throws IOException {
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      assertThatThrownBy(() -> StoredClientRegistry.open(file()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by another server");
      registry.write(change(1, 90));
    }
  }

  @Test
  void clientsThatComeAndGoDoNotGrowTheFile() throws IOException {
    Files.write(folder.resolve("clients.mv.new"), noise(100));
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      for (int i = 0; i < 3; i++) {
        registry.write(change(i, i));
      }
      for (int i = 3; i < 300; i++) {
        registry.write(change(i, 90));
        registry.write(change(i, null));
        assertThat(Files.size(file())).isLessThan(512 << 10);
      }
      assertThatThrownBy(() -> StoredClientRegistry.open(file()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by another server");
    }
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      assertThat(registry.load()).isEqualTo(Map.of(client(0), 0, client(1), 1, client(2), 2));
    }
  }

  @Test
  void discardedRecordsAreGone() throws IOException {
    StoredClientRegistry registry = StoredClientRegistry.open(file());
    registry.write(change(1, 90));
    registry.discard();
    try (StoredClientRegistry next = StoredClientRegistry.open(file())) {
      assertThat(next.load()).isEmpty();
    }
  }

  @Test
  void truncatedFileHasAnEarlierStateOrNone() throws IOException {
    Set<Map<ClientKey, Integer>> history = new HashSet<>();
    Map<ClientKey, Integer> now = new HashMap<>();
    history.add(Map.of());
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      for (int i = 0; i < CLIENTS; i++) {
        registry.write(change(i, 90));
        now.put(client(i), 90);
        history.add(Map.copyOf(now));
        if (i % 3 == 2) {
          registry.write(change(i - 1, null));
          now.remove(client(i - 1));
          history.add(Map.copyOf(now));
        }
      }
    }
    Path cut = folder.resolve("cut.mv");
    long size = Files.size(file());
    for (long length = size; length > 0; length -= 1531) {
      Files.copy(file(), cut, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
        channel.truncate(length);
      }
      try (StoredClientRegistry registry = StoredClientRegistry.open(cut)) {
        assertThat(history).contains(registry.load());
        registry.write(change(1000, 7));
      }
      try (StoredClientRegistry registry = StoredClientRegistry.open(cut)) {
        assertThat(registry.load()).containsEntry(client(1000), 7);
      }
      Files.delete(cut);
    }
  }

  @Test
  void damagedFileIsRenamedAndIgnored() throws IOException {
    byte[] noise = noise(20_000);
    Files.write(file(), noise);
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      assertThat(registry.load()).isEmpty();
      registry.write(change(1, 90));
    }
    assertThat(Files.readAllBytes(folder.resolve("clients.mv.damaged"))).isEqualTo(noise);
    try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
      assertThat(registry.load()).isEqualTo(Map.of(client(1), 90));
    }
  }

  private static byte[] noise(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    for (int i = 0; bytes.remaining() >= Integer.BYTES; i++) {
      bytes.putInt(i * 0x9e3779b9);
    }
    return bytes.array();
  }

  @Test
  void recordsReportedByAKilledProcessAreWritten() throws Exception {
    int next = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx64m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  RegistryProcess.class.getName(),
                  file().toString(),
                  String.valueOf(next))
              .redirectErrorStream(true)
              .start();
      int reported = -1;
      try (BufferedReader lines = writer.inputReader(StandardCharsets.UTF_8)) {
        while (reported < next + STEPS) {
          String line = lines.readLine();
          assertThat(line).isNotNull();
          reported = Integer.parseInt(line);
        }
        // Through the handle, because destroying the process closes its output.
        assertThat(writer.toHandle().destroyForcibly()).isTrue();
        writer.waitFor();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          reported = Integer.parseInt(line);
        }
      }
      Map<ClientKey, Integer> found;
      try (StoredClientRegistry registry = StoredClientRegistry.open(file())) {
        found = registry.load();
      }
      // The next step may have been written without being reported.
      assertThat(List.of(RegistryProcess.after(reported), RegistryProcess.after(reported + 1)))
          .contains(found);
      next = reported + 1;
      if (!found.equals(RegistryProcess.after(reported))) {
        next++;
      }
    }
  }
}
