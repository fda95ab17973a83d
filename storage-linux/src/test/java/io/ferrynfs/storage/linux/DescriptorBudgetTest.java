package io.ferrynfs.storage.linux;

import static io.ferrynfs.storage.linux.HandleTest.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.tree.CallerPermissions;
import io.ferrynfs.storage.linux.tree.DescriptorBudget;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The behaviour with more open files than descriptors. */
final class DescriptorBudgetTest {
  @TempDir Path folder;

  private LinuxVolume volume(int descriptors) throws Exception {
    Path exported = Files.createDirectory(folder.resolve("exported"));
    Options options = Options.of(folder.resolve("state")).withNamesDurable(false);
    return VolumeOpener.open(
        exported, options, new DescriptorBudget(descriptors), CallerPermissions.best());
  }

  private static OpenFile create(LinuxVolume volume, String name) throws StorageException {
    return volume
        .create(
            Caller.SUPERUSER,
            volume.root(),
            Name.of(name),
            CreateMode.guarded(),
            AttributeChanges.ofMode(0644),
            OpenAccess.READ_WRITE)
        .file();
  }

  @Test
  void creationBeyondTheBudgetFailsWithoutAFileUntilAnotherIsClosed() throws Exception {
    try (LinuxVolume volume = volume(2);
        OpenFile one = create(volume, "one")) {
      Handle handle = one.handle();
      OpenFile two = volume.open(Caller.SUPERUSER, handle, OpenAccess.READ);
      assertStatus(Status.TRY_LATER, () -> volume.open(Caller.SUPERUSER, handle, OpenAccess.READ));
      assertStatus(Status.TRY_LATER, () -> create(volume, "more"));
      assertThat(folder.resolve("exported/more")).doesNotExist();
      assertThat(volume.attributes(Caller.SUPERUSER, handle).nlink()).isEqualTo(1);
      two.close();
      create(volume, "more").close();
    }
  }

  @Test
  void sendingAFileTakesNoFurtherDescriptor() throws Exception {
    try (LinuxVolume volume = volume(2);
        OpenFile one = create(volume, "one")) {
      one.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
      assertThat(sent(one)).containsExactly(1, 2, 3);
      assertThat(volume.openFilesLeft()).isEqualTo(1);
      OpenFile two = create(volume, "two");
      assertThat(sent(one)).containsExactly(1, 2, 3);
      two.close();
    }
  }

  private static byte[] sent(OpenFile file) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(file.transferTo(0, 100, Channels.newChannel(out))).isEqualTo(3);
    return out.toByteArray();
  }

  @Test
  void theBudgetLeavesAReserveForConnectionsAndCalls() {
    assertThat(DescriptorBudget.withoutReserve(1024)).isEqualTo(512);
    assertThat(DescriptorBudget.withoutReserve(1_000_000)).isEqualTo(991_808);
    assertThat(DescriptorBudget.withoutReserve(Integer.MAX_VALUE)).isPositive();
  }
}
