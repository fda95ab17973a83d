package io.ferrynfs.storage.memory;

import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.testkit.CopyPairConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;
import org.junit.jupiter.api.Nested;

/** Copies within a memory volume and between two, with different features. */
class MemoryCopyPairsTest {
  private static VolumeHarness full() {
    return new MemoryHarness(MemoryHarness.builder().build());
  }

  private static VolumeHarness without(Feature feature) {
    return new MemoryHarness(MemoryHarness.builder().without(feature).build());
  }

  @Nested
  final class WithinOne extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return full();
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return source;
    }
  }

  @Nested
  final class WithinOneThatCannotShare extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return without(Feature.CLONE);
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return source;
    }
  }

  @Nested
  final class FromOneToAnother extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return full();
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return full();
    }
  }

  @Nested
  final class ToOneWithoutHoles extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return full();
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return without(Feature.HOLES);
    }
  }
}
