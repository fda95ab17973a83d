package ferry.storage.memory;

import ferry.storage.Caller;
import ferry.storage.Feature;
import ferry.storage.kit.VolumeConformance;
import ferry.storage.kit.VolumeHarness;

/** A memory volume that lacks all that a volume can lack, as one user without privileges has it. */
class BareMemoryVolumeConformanceTest extends VolumeConformance {
  @Override
  protected VolumeHarness newHarness() {
    MemoryVolume.Builder builder =
        MemoryHarness.builder()
            .linkCountMax(100)
            .without(Feature.CLONE)
            .without(Feature.HOLES)
            .without(Feature.ALLOCATE)
            .without(Feature.XATTRS)
                .without(Feature.ACLS)
            .without(Feature.BIRTH_TIME)
            .without(Feature.DEVICE_NODES)
            .everythingAs(Caller.of(500, 500));
    return new MemoryHarness(builder.build());
  }
}
