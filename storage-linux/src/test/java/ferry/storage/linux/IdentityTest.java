package ferry.storage.linux;

import static ferry.storage.linux.HandleTest.assertStatus;
import static org.assertj.core.api.Assertions.assertThat;

import ferry.storage.AttributeChanges;
import ferry.storage.Caller;
import ferry.storage.CreateMode;
import ferry.storage.Created;
import ferry.storage.Name;
import ferry.storage.OpenAccess;
import ferry.storage.Status;
import ferry.storage.StorageException;
import ferry.storage.linux.Options.HandleMode;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Callers who try to be somebody else. */
final class IdentityTest {
  private static final long NO_ID = 0xffff_ffffL;
  private static final AttributeChanges PRIVATE = AttributeChanges.ofMode(0600);

  private final LinuxHarness harness = LinuxHarness.of(HandleMode.AUTO);
  private final LinuxVolume volume = harness.volume();

  private Created create(Caller caller, CreateMode mode, AttributeChanges changes)
      throws StorageException {
    return volume.create(caller, volume.root(), Name.of("f"), mode, changes, OpenAccess.READ_WRITE);
  }

  /** chown(2) takes this number for "as it is", which would be the server's own user. */
  @Test
  void nobodyMakesOrGetsAFileOfTheUserThatIsNone() throws Exception {
    try (harness) {
      Caller none = Caller.of(NO_ID, NO_ID);
      AttributeChanges setUid = AttributeChanges.ofMode(04755);
      if (LinuxHarness.isSuperuser()) {
        assertStatus(Status.INVALID, () -> create(none, CreateMode.guarded(), setUid));
        assertStatus(
            Status.INVALID, () -> volume.makeDirectory(none, volume.root(), Name.of("d"), setUid));
        assertThat(Files.exists(harness.exported().resolve("f"))).isFalse();
      }
      try (var file = create(Caller.SUPERUSER, CreateMode.guarded(), PRIVATE).file()) {
        for (AttributeChanges changes :
            new AttributeChanges[] {
              AttributeChanges.NONE.withUid(NO_ID), AttributeChanges.NONE.withGid(NO_ID)
            }) {
          assertStatus(
              Status.INVALID,
              () -> volume.setAttributes(Caller.SUPERUSER, file.handle(), changes, null));
        }
      }
    }
  }

  @Test
  void anotherUsersVerifierOpensNobodysFile() throws Exception {
    try (harness) {
      create(harness.user(), CreateMode.exclusive(42), PRIVATE).file().close();
      Caller other = LinuxHarness.isSuperuser() ? Caller.of(2000, 2000) : harness.user();
      CreateMode mode = CreateMode.exclusive(LinuxHarness.isSuperuser() ? 42 : 43);
      assertStatus(Status.EXISTS, () -> create(other, mode, PRIVATE));
    }
  }
}
