package com.example.volume;

import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;
import java.time.InstantSource;

/** Runs every test of the kit against the volume. */
class LoggedVolumeConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return new Harness();
  }

  private static final class Harness implements VolumeHarness {
    private MemoryVolume files = MemoryVolume.builder("example", InstantSource.system()).rootMode(0777).build();
    private Volume volume = new LoggedVolume(files, line -> {});

    @Override
    public Volume volume() {
      return volume;
    }

    @Override
    public void reopen() {
      files = files.reopen();
      volume = new LoggedVolume(files, line -> {});
    }

    @Override
    public void close() {
      files.close();
    }
  }
}
