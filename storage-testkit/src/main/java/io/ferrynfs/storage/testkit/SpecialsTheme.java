package io.ferrynfs.storage.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.Feature;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Made;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Symbolic links, fifos, sockets and devices: the volume stores them and never follows or opens
 * them.
 */
abstract class SpecialsTheme extends Theme {
  private Made node(Caller caller, FileType type, DeviceNumber device) throws StorageException {
    return volume()
        .makeNode(caller, root(), name("node"), type, device, AttributeChanges.ofMode(0640));
  }

  @Test
  void aSymbolicLinkKeepsItsTargetByteForByte() throws Exception {
    byte[] odd = {'/', (byte) 0xff, '\n', '.', '.', '/', ' '};
    for (byte[] target : List.of(utf8("x"), utf8("../../../etc/passwd"), odd, longest())) {
      Made made = volume().makeSymlink(user(), root(), name("l"), target, AttributeChanges.NONE);
      assertThat(made.attributes()).isEqualTo(attributes(made.handle()));
      assertThat(volume().readLink(user(), made.handle())).isEqualTo(target);
      assertThat(made.attributes().type()).isEqualTo(FileType.SYMLINK);
      assertThat(made.attributes().size()).isEqualTo(target.length);
      remove(root(), "l");
    }
  }

  private byte[] longest() {
    return utf8("x".repeat(volume().limits().symlinkBytesMax()));
  }

  @Test
  void anInvalidTargetFails() throws Exception {
    assertStatus(Status.INVALID, () -> symlink(root(), "l", ""));
    assertStatus(Status.INVALID, () -> symlink(root(), "l", "a\0b"));
    String tooLong = "x".repeat(volume().limits().symlinkBytesMax() + 1);
    assertStatus(Status.NAME_TOO_LONG, () -> symlink(root(), "l", tooLong));
    assertThat(names(root())).isEmpty();
  }

  @Test
  void onlyASymbolicLinkHasATarget() throws Exception {
    assertStatus(Status.WRONG_TYPE, () -> volume().readLink(user(), root()));
    assertStatus(Status.WRONG_TYPE, () -> volume().readLink(user(), file("f")));
  }

  @Test
  void anyUserCreatesFifosAndSockets() throws Exception {
    for (FileType type : List.of(FileType.FIFO, FileType.SOCKET)) {
      Made made = node(user(), type, new DeviceNumber(7, 8));
      assertThat(made.attributes().type()).isEqualTo(type);
      assertThat(made.attributes().mode()).isEqualTo(0640);
      assertThat(made.attributes().rdev()).isEqualTo(DeviceNumber.NONE);
      assertThat(made.attributes().nlink()).isEqualTo(1);
      assertThat(made.attributes().size()).isZero();
      assertThat(lookup(root(), "node")).isEqualTo(made.handle());
      remove(root(), "node");
    }
  }

  @Test
  void onlyTheSuperuserCreatesDevices() throws Exception {
    DeviceNumber device = new DeviceNumber(8, 1);
    for (FileType type : List.of(FileType.BLOCK_DEVICE, FileType.CHARACTER_DEVICE)) {
      if (!has(Feature.DEVICE_NODES)) {
        assertStatus(Status.NOT_SUPPORTED, () -> node(Caller.SUPERUSER, type, device));
        continue;
      }
      if (has(Feature.CALLER_ENFORCED)) {
        assertStatus(Status.PERMISSION, () -> node(user(), type, device));
      }
      Attributes made = node(Caller.SUPERUSER, type, device).attributes();
      assertThat(made.type()).isEqualTo(type);
      assertThat(made.rdev()).isEqualTo(device);
      remove(root(), "node");
    }
    assertThat(names(root())).isEmpty();
  }

  @Test
  void makeNodeRejectsOtherTypes() throws Exception {
    for (FileType type : List.of(FileType.REGULAR, FileType.DIRECTORY, FileType.SYMLINK)) {
      assertStatus(Status.INVALID, () -> node(Caller.SUPERUSER, type, DeviceNumber.NONE));
    }
    assertThat(names(root())).isEmpty();
  }
}
