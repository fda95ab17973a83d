package io.ferrynfs.storage.testkit.faults;

import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.memory.SteppingClock;
import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;

/** The conformance tests with an empty plan, which must not change the behaviour of the volume. */
class FaultyVolumeConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    return new FaultyHarness(MemoryVolume.builder("test", new SteppingClock()).build());
  }

  private static final class FaultyHarness implements VolumeHarness {
    private MemoryVolume memory;
    private FaultyVolume faulty;

    FaultyHarness(MemoryVolume memory) {
      this.memory = memory;
      this.faulty = new FaultyVolume(memory, new FaultPlan());
    }

    @Override
    public Volume volume() {
      return faulty;
    }

    @Override
    public void reopen() {
      memory = memory.reopen();
      faulty = new FaultyVolume(memory, faulty.plan());
    }

    @Override
    public void close() {
      memory.close();
    }
  }
}
