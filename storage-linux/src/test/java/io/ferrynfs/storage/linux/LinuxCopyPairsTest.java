package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.CopyPairConformance;
import io.ferrynfs.storage.testkit.VolumeHarness;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

/** Copies between directories of this machine, on a disk and on tmpfs, and memory volumes. */
class LinuxCopyPairsTest {
  private static VolumeHarness disk() {
    return LinuxHarness.of(HandleMode.AUTO);
  }

  private static VolumeHarness tmpfs() {
    return LinuxHarness.of(Path.of("/dev/shm"), HandleMode.AUTO);
  }

  private static VolumeHarness memory() {
    MemoryVolume volume = MemoryVolume.builder("pair", InstantSource.system()).build();
    return new VolumeHarness() {
      @Override
      public MemoryVolume volume() {
        return volume;
      }

      @Override
      public void reopen() {
        throw new IllegalStateException("the memory volume cannot be reopened");
      }

      @Override
      public void close() {
        volume.close();
      }
    };
  }

  @Nested
  final class WithinADirectory extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return disk();
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return source;
    }
  }

  @Nested
  final class WithinADirectoryInMemory extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return tmpfs();
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return source;
    }
  }

  @Nested
  final class BetweenDirectoriesOfOneFilesystem extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return disk();
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return disk();
    }
  }

  @Nested
  final class FromADiskToMemory extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return disk();
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return tmpfs();
    }
  }

  @Nested
  final class FromMemoryToADisk extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return tmpfs();
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return disk();
    }
  }

  @Nested
  final class FromADirectoryToAMemoryVolume extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return disk();
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return memory();
    }
  }

  @Nested
  final class FromAMemoryVolumeToADirectory extends CopyPairConformance {
    @Override
    protected VolumeHarness newSource() {
      return memory();
    }

    @Override
    protected VolumeHarness newTarget(VolumeHarness source) {
      return disk();
    }
  }
}
