package io.ferrynfs.storage.linux;

import static io.ferrynfs.storage.linux.HandleTest.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.storage.AccessRight;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.linux.call.AttributeCalls;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.call.XattrCalls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/**
 * The permission checks of the kernel beyond the mode bits. To the kernel all callers of an
 * ordinary user's process are the same user, so in such a process each test checks that.
 */
final class CallerRulesTest {
  private static final byte[] ACCESS = bytes("system.posix_acl_access");
  private static final byte[] DEFAULT = bytes("system.posix_acl_default");
  private static final int USER_OBJ = 1;
  private static final int USER = 2;
  private static final int GROUP_OBJ = 4;
  private static final int MASK = 0x10;
  private static final int OTHER = 0x20;
  private static final int NO_ID = -1;
  private static final long CAP_SYS_RESOURCE = 1 << 24;

  private final Caller named = Caller.of(2000, 2000);
  private final Caller stranger = Caller.of(3000, 3000);
  private final LinuxHarness harness = LinuxHarness.of(HandleMode.AUTO);
  private final LinuxVolume volume = harness.volume();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Returns an ACL in the kernel's format (posix_acl_xattr.h): entries of tag, permissions and id.
   */
  private static byte[] acl(int... entries) {
    ByteBuffer acl = ByteBuffer.allocate(4 + entries.length / 3 * 8).order(ByteOrder.LITTLE_ENDIAN);
    acl.putInt(2);
    for (int i = 0; i < entries.length; i += 3) {
      acl.putShort((short) entries[i]).putShort((short) entries[i + 1]).putInt(entries[i + 2]);
    }
    return acl.array();
  }

  /** Sets an ACL; returns false on a file system without ACLs. */
  private boolean setAcl(String file, byte[] kind, byte[] acl) {
    byte[] path = harness.exported().resolve(file).toString().getBytes(StandardCharsets.UTF_8);
    int fd = OpenCalls.openat(Flags.AT_FDCWD, path, Flags.O_PATH, 0);
    int result = XattrCalls.set(fd, kind, acl, 0);
    OpenCalls.close(fd);
    if (result == -Errno.EOPNOTSUPP) {
      return false;
    }
    assertThat(result).isZero();
    return true;
  }

  private Handle file(String name, int mode) throws StorageException {
    var created =
        volume.create(
            harness.user(),
            volume.root(),
            Name.of(name),
            CreateMode.guarded(),
            AttributeChanges.ofMode(mode),
            OpenAccess.READ_WRITE);
    created.file().close();
    return created.handle();
  }

  private static boolean tellsCallersApart() {
    return LinuxHarness.isSuperuser();
  }

  @Test
  void volumeReportsItsCallerRules() throws Exception {
    try (harness) {
      assertThat(volume.callerRules())
          .isEqualTo(tellsCallersApart() ? CallerRules.KERNEL : CallerRules.SERVER_USER);
    }
    try (LinuxHarness without = LinuxHarness.withoutIdentities()) {
      assertThat(without.volume().callerRules())
          .isEqualTo(tellsCallersApart() ? CallerRules.MODE_BITS : CallerRules.SERVER_USER);
    }
  }

  @Test
  void anAclGrantsWhatTheModeBitsDeny() throws Exception {
    try (harness) {
      Handle file = file("f", 0600);
      byte[] list =
          acl(USER_OBJ, 6, NO_ID, USER, 4, 2000, GROUP_OBJ, 0, NO_ID, MASK, 4, NO_ID, OTHER, 0, -1);
      boolean lets = setAcl("f", ACCESS, list) || !tellsCallersApart();
      Set<AccessRight> wanted = EnumSet.of(AccessRight.READ, AccessRight.MODIFY);
      if (!tellsCallersApart()) {
        assertThat(volume.access(stranger, file, wanted)).isEqualTo(wanted);
        return;
      }
      assertThat(volume.access(named, file, wanted))
          .isEqualTo(lets ? EnumSet.of(AccessRight.READ) : EnumSet.noneOf(AccessRight.class));
      if (lets) {
        volume.open(named, file, OpenAccess.READ).close();
      }
      assertStatus(Status.ACCESS, () -> volume.open(named, file, OpenAccess.READ_WRITE));
      assertStatus(Status.ACCESS, () -> volume.open(stranger, file, OpenAccess.READ));
    }
  }

  @Test
  void anAclDeniesWhatTheModeBitsGrant() throws Exception {
    try (harness) {
      Handle file = file("f", 0644);
      byte[] list =
          acl(USER_OBJ, 6, NO_ID, USER, 0, 2000, GROUP_OBJ, 4, NO_ID, MASK, 4, NO_ID, OTHER, 4, -1);
      boolean keeps = setAcl("f", ACCESS, list) && tellsCallersApart();
      volume.open(stranger, file, OpenAccess.READ).close();
      if (keeps) {
        assertStatus(Status.ACCESS, () -> volume.open(named, file, OpenAccess.READ));
      } else {
        volume.open(named, file, OpenAccess.READ).close();
      }
    }
  }

  @Test
  void aDefaultAclLimitsTheModeOfANewObject() throws Exception {
    try (harness) {
      byte[] list =
          acl(USER_OBJ, 7, NO_ID, USER, 6, 2000, GROUP_OBJ, 5, NO_ID, MASK, 7, NO_ID, OTHER, 0, -1);
      boolean bounds = setAcl("", DEFAULT, list);
      Handle file = file("f", 0666);
      int mode = volume.attributes(named, file).mode();
      assertThat(mode).isEqualTo(bounds ? 0660 : 0666);
      Handle directory =
          volume
              .makeDirectory(
                  harness.user(), volume.root(), Name.of("d"), AttributeChanges.ofMode(01777))
              .handle();
      assertThat(volume.attributes(named, directory).mode()).isEqualTo(bounds ? 01770 : 01777);
      volume.open(tellsCallersApart() ? named : stranger, file, OpenAccess.WRITE).close();
    }
  }

  @Test
  void extendedAttributesNeedTheKernelsPermissions() throws Exception {
    try (harness) {
      Handle file = file("f", 0644);
      XattrName name = XattrName.of(bytes("colour"));
      if (!tellsCallersApart()) {
        volume.setXattr(stranger, file, name, bytes("red"), XattrMode.CREATE);
        assertThat(volume.getXattr(named, file, name)).isEqualTo(bytes("red"));
        return;
      }
      assertStatus(
          Status.ACCESS,
          () -> volume.setXattr(stranger, file, name, bytes("red"), XattrMode.CREATE));
      volume.setXattr(harness.user(), file, name, bytes("red"), XattrMode.CREATE);
      assertThat(volume.getXattr(stranger, file, name)).isEqualTo(bytes("red"));
      assertStatus(Status.ACCESS, () -> volume.removeXattr(stranger, file, name));
    }
  }

  /** Otherwise every caller would have the superuser's privilege to exceed quotas. */
  @Test
  void callsForAUserAreLimitedByItsQuota() throws Exception {
    try (harness) {
      Handle file = file("f", 0666);
      long before = effectiveCapabilities() & CAP_SYS_RESOURCE;
      volume.open(stranger, file, OpenAccess.WRITE).close();
      assertThat(effectiveCapabilities() & CAP_SYS_RESOURCE)
          .isEqualTo(tellsCallersApart() ? 0 : before);
      volume.open(Caller.SUPERUSER, file, OpenAccess.WRITE).close();
      assertThat(effectiveCapabilities() & CAP_SYS_RESOURCE)
          .isEqualTo(permittedCapabilities() & CAP_SYS_RESOURCE);
    }
  }

  private static long effectiveCapabilities() throws IOException {
    return capabilities("CapEff:");
  }

  private static long permittedCapabilities() throws IOException {
    return capabilities("CapPrm:");
  }

  private static long capabilities(String which) throws IOException {
    List<String> status = Files.readAllLines(Path.of("/proc/thread-self/status"));
    String line = status.stream().filter(text -> text.startsWith(which)).findFirst().orElseThrow();
    return Long.parseUnsignedLong(line.substring(which.length()).strip(), 16);
  }

  /** touch(1) and truncate(2) by a caller that has write permission and is not the owner. */
  @Test
  void aCallerWithWritePermissionSetsOneTimeToNow() throws Exception {
    try (harness) {
      Handle file = file("f", 0666);
      AttributeChanges changes =
          AttributeChanges.ofSize(3).withMtime(io.ferrynfs.storage.TimeChange.now());
      volume.setAttributes(stranger, file, changes, null);
      assertThat(volume.attributes(stranger, file).size()).isEqualTo(3);
    }
  }

  /**
   * Otherwise the state directory, logs and files of the JVM would belong to the group of a client.
   */
  @Test
  void afterACallItsThreadAndItsChildThreadsCreateFilesOfTheServer() throws Exception {
    try (harness) {
      Path own = Files.createDirectory(harness.outside().resolve("own"));
      Handle file = file("f", 0666);
      volume.open(stranger, file, OpenAccess.READ).close();
      assertOwn(Files.createFile(own.resolve("sameThread")));
      assertStatus(Status.NOT_FOUND, () -> volume.lookup(stranger, volume.root(), Name.of("x")));
      assertOwn(Files.createFile(own.resolve("afterAFailure")));
      volume.open(new Caller(0, 3000, List.of()), file, OpenAccess.READ).close();
      assertOwn(Files.createFile(own.resolve("afterASuperuserOfAnotherGroup")));
      FutureTask<Path> make = new FutureTask<>(() -> Files.createFile(own.resolve("newThread")));
      Thread.ofPlatform().start(make);
      assertOwn(make.get());
    }
  }

  private static void assertOwn(Path path) throws IOException {
    assertThat(Files.getAttribute(path, "unix:gid")).isEqualTo(AttributeCalls.effectiveGid());
    assertThat(Files.getAttribute(path, "unix:uid")).isEqualTo(AttributeCalls.effectiveUid());
  }
}
