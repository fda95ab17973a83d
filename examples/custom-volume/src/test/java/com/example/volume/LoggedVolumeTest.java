package com.example.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoggedVolumeTest {
  @Test
  void changesAreLoggedWithTheirUser() throws Exception {
    List<String> log = new ArrayList<>();
    Caller user = Caller.of(1000, 1000);
    try (LoggedVolume volume =
        new LoggedVolume(MemoryVolume.builder("example", InstantSource.system()).rootMode(0777).build(), log::add)) {
      volume.makeDirectory(user, volume.root(), Name.of("a"), AttributeChanges.ofMode(0755));
      volume.remove(user, volume.root(), Name.of("a"), RemoveKind.ANY);
    }
    assertThat(log).containsExactly("1000 made directory a", "1000 removed a");
  }
}
