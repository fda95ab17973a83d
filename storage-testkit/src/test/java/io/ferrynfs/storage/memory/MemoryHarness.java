package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.testkit.VolumeHarness;

/** A harness of a memory volume. */
final class MemoryHarness implements VolumeHarness {
  private MemoryVolume volume;

  MemoryHarness(MemoryVolume volume) {
    this.volume = volume;
  }

  static MemoryVolume.Builder builder() {
    return MemoryVolume.builder("test", new SteppingClock());
  }

  @Override
  public Volume volume() {
    return volume;
  }

  @Override
  public void reopen() {
    volume = volume.reopen();
  }

  @Override
  public void close() {
    volume.close();
  }
}
