package io.ferrynfs.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.ferrynfs.cli.base.Machine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminFolderTest {
  private static final long USER = 1000;

  @TempDir private Path root;

  private Path directory(String name, String permissions) throws IOException {
    Path path = Files.createDirectories(root.resolve(name));
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void rootUsesTheSystemRunFolder() {
    assertThat(AdminFolder.usual(0, Map.of("XDG_RUNTIME_DIR", "/run/user/0")))
        .isEqualTo(new AdminFolder(Path.of("/run/ferry"), 0L));
  }

  @Test
  void userUsesTheRuntimeFolderOrAPrivateOneInTmp() {
    assertThat(AdminFolder.usual(USER, Map.of("XDG_RUNTIME_DIR", "/run/user/1000")))
        .isEqualTo(new AdminFolder(Path.of("/run/user/1000/ferry"), USER));
    for (String none : new String[] {"", "not/absolute"}) {
      assertThat(AdminFolder.usual(USER, Map.of("XDG_RUNTIME_DIR", none)))
          .isEqualTo(new AdminFolder(Path.of("/tmp/ferry-1000"), USER));
    }
  }

  @Test
  void userLookupIncludesServersWithoutALoginSession() throws IOException {
    assertThat(AdminFolder.known(USER, Map.of("XDG_RUNTIME_DIR", "/run/user/1000"), Path.of("/")))
        .containsExactly(
            new AdminFolder(Path.of("/run/user/1000/ferry"), USER),
            new AdminFolder(Path.of("/tmp/ferry-1000"), USER));
  }

  @Test
  void rootLookupIncludesOtherUsersServersLast() throws IOException {
    directory("run/user/1000/ferry", "rwx------");
    directory("tmp/ferry-1001", "rwx------");
    directory("tmp/other", "rwx------");
    assertThat(AdminFolder.known(0, Map.of(), root))
        .containsExactly(
            new AdminFolder(Path.of("/run/ferry"), 0L),
            new AdminFolder(root.resolve("run/user/1000/ferry"), null),
            new AdminFolder(root.resolve("tmp/ferry-1001"), null));
  }

  @Test
  void eachAddressHasItsOwnSocket() throws IOException {
    AdminFolder folder = new AdminFolder(Path.of("/run/ferry"), 0L);
    assertThat(folder.socket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 2049)))
        .isEqualTo(Path.of("/run/ferry/127.0.0.2-2049.sock"));
    assertThat(folder.socket(new InetSocketAddress(InetAddress.ofLiteral("::1"), 2049)))
        .isEqualTo(Path.of("/run/ferry/0:0:0:0:0:0:0:1-2049.sock"));
  }

  @Test
  void folderIsCreatedPrivateAndReused() throws IOException {
    AdminFolder folder = AdminFolder.forServer(root.resolve("deep/admin"));
    folder.make();
    folder.make();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
        .isEqualTo("rwx------");
  }

  @Test
  void folderOpenToOthersIsRejected() throws IOException {
    for (String open : new String[] {"rwxrwx---", "rwx---rwx", "rwx--x---", "rwx---r--"}) {
      AdminFolder folder = AdminFolder.forServer(directory("open", open));
      assertThatIOException()
          .isThrownBy(folder::make)
          .withMessage(
              "%s is open to other users; run: chmod 700 %s", folder.path(), folder.path());
    }
  }

  @Test
  void folderOfAnotherUserIsRejected() throws IOException {
    Path path = directory("waiting", "rwx------");
    assertThatIOException()
        .isThrownBy(new AdminFolder(path, Machine.uid() + 1)::make)
        .withMessageContaining("belongs to user " + Machine.uid());
    assertThatCode(new AdminFolder(path, null)::check).doesNotThrowAnyException();
  }

  @Test
  void linkOrFileInPlaceOfTheFolderIsRejected() throws IOException {
    Path elsewhere = directory("elsewhere", "rwx------");
    Path link = Files.createSymbolicLink(root.resolve("link"), elsewhere);
    Path file = Files.createFile(root.resolve("file"));
    for (Path path : new Path[] {link, file}) {
      assertThatIOException()
          .isThrownBy(AdminFolder.forServer(path)::make)
          .withMessage("%s is not a directory", path);
    }
  }
}
