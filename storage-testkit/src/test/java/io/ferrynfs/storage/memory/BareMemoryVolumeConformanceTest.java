package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.testkit.VolumeConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;

/**
 * The conformance tests of a memory volume without optional features, used by one unprivileged
 * user.
 */
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
