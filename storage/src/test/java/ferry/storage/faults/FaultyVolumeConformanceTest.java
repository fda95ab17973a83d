package ferry.storage.faults;

import ferry.storage.Volume;
import ferry.storage.kit.VolumeConformance;
import ferry.storage.kit.VolumeHarness;
import ferry.storage.memory.MemoryVolume;
import ferry.storage.memory.SteppingClock;

/** With an empty plan the decorator cannot be told from what it decorates. */
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
