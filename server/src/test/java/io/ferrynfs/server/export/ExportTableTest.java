package io.ferrynfs.server.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.Squash;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.server.status.NfsStatusException;
import io.ferrynfs.server.testing.ManualEnv;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** The namespace above the volumes: RFC 8881 sections 7.3 and 5.8.2.19. */
class ExportTableTest {
  private final ManualEnv env = new ManualEnv();

  private ExportTable exporting(String... paths) {
    return new ExportTable(entries(paths), env.clock().instant());
  }

  private SequencedMap<String, ExportDefinition> entries(String... paths) {
    SequencedMap<String, ExportDefinition> entries = new LinkedHashMap<>();
    for (String path : paths) {
      entries.put(path, new ExportDefinition(volume(path), Squash.NONE));
    }
    return entries;
  }

  private Volume volume(String name) {
    return MemoryVolume.builder(name, env.clock()).build();
  }

  private static FileRef walk(ExportNamespace table, String... names) throws StorageException {
    FileRef at = table.root();
    for (String name : names) {
      at = table.lookup(at, Name.of(name), Caller.SUPERUSER);
    }
    return at;
  }

  private static Attributes attributes(FileRef file) throws StorageException {
    return file.volume().attributes(Caller.SUPERUSER, file.handle());
  }

  // RFC 7862 section 12.2.3: the server declares its change attributes monotonic
  @Test
  void changeAttributeOfPseudoDirectoriesGrowsAcrossRestarts() throws Exception {
    long first = attributes(exporting("/z").everything().root()).change();
    env.advance(Duration.ofSeconds(1));
    assertThat(attributes(exporting("/a", "/b").everything().root()).change()).isGreaterThan(first);
  }

  @Test
  void singleExportAtTheRootIsTheRoot() throws Exception {
    ExportNamespace table = exporting("/").everything();
    assertThat(table.root().export().path()).isEqualTo("/");
    assertThat(table.root().export().isPseudo()).isFalse();
    assertThat(table.decode(table.root().wire())).isEqualTo(table.root());
    assertThatThrownBy(() -> table.parent(table.root(), Caller.SUPERUSER))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.status()).isEqualTo(Status.NOT_FOUND));
  }

  @Test
  void severalExportsAreBelowThePseudoRoot() throws Exception {
    ExportNamespace table = exporting("/data", "/home/users", "/home/guests").everything();
    assertThat(table.root().export().isPseudo()).isTrue();
    assertThat(walk(table, "data").export().path()).isEqualTo("/data");
    assertThat(walk(table, "home").export().isPseudo()).isTrue();
    assertThat(walk(table, "home", "users").export().path()).isEqualTo("/home/users");
    assertThat(walk(table, "home", "guests").isExportRoot()).isTrue();
  }

  @Test
  void parentOfAnExportRootIsOutsideTheExport() throws Exception {
    ExportNamespace table = exporting("/data", "/home/users").everything();
    FileRef users = walk(table, "home", "users");
    assertThat(table.parent(users, Caller.SUPERUSER)).isEqualTo(walk(table, "home"));
    assertThat(table.parent(walk(table, "home"), Caller.SUPERUSER)).isEqualTo(table.root());
  }

  @Test
  void exportRootIsMountedOnAnObjectOfThePseudoRoot() throws Exception {
    ExportNamespace table = exporting("/data").everything();
    List<Long> entries = new ArrayList<>();
    table
        .root()
        .volume()
        .readDirectory(
            Caller.SUPERUSER, table.root().handle(), 0, 0, entry -> entries.add(entry.fileId()));
    FileRef data = walk(table, "data");
    long own = attributes(data).fileId();
    assertThat(table.mountedOnFileid(data, own)).isEqualTo(entries.getFirst()).isNotEqualTo(own);
    assertThat(table.mountedOnFileid(table.root(), 2)).isEqualTo(2);
  }

  @Test
  void exportsAreDifferentFileSystems() throws Exception {
    ExportNamespace table = exporting("/a", "/b").everything();
    assertThat(walk(table, "a").export().fsid(0)).isNotEqualTo(walk(table, "b").export().fsid(0));
    assertThat(walk(table, "a").export().fsid(0)).isNotEqualTo(walk(table, "a").export().fsid(1));
  }

  @Test
  void filehandlesSurviveARestartWithOtherExports() throws Exception {
    NfsFh4 before = walk(exporting("/a", "/b").everything(), "b").wire();
    FileRef after = exporting("/c", "/b", "/d").everything().decode(before);
    assertThat(after.export().path()).isEqualTo("/b");
    assertThat(after.isExportRoot()).isTrue();
  }

  @Test
  void pseudoDirectoriesKeepTheirFilehandlesWhateverElseIsExported() throws Exception {
    ExportNamespace before = exporting("/a", "/home/users").everything();
    ExportNamespace after = exporting("/c", "/home/guests", "/a").everything();
    assertThat(after.decode(before.root().wire())).isEqualTo(after.root());
    FileRef home = after.decode(walk(before, "home").wire());
    assertThat(after.lookup(home, Name.of("guests"), Caller.SUPERUSER).export().path())
        .isEqualTo("/home/guests");
    assertThat(after.root().export().fsid(0)).isEqualTo(before.root().export().fsid(0));
  }

  @Test
  void oldFilehandleOfThePseudoRootIsAcceptedForTheSamePaths() throws Exception {
    ExportTable table = exporting("/b", "/a");
    ExportNamespace names = table.everything();
    long tag = Export.tagOf(PseudoVolume.idByPaths(List.of("/a", "/b")));
    NfsFh4 byPaths = Filehandles.encode(tag, names.root().handle());
    assertThat(names.decode(byPaths)).isEqualTo(names.root());
    ExportTable replaced = table.replacedBy(entries("/a"), env.clock().instant());
    assertThat(replaced.everything().decode(byPaths)).isEqualTo(replaced.everything().root());
    assertThat(decodeStatus(exporting("/a").everything(), byPaths))
        .isEqualTo(Nfsstat4.NFS4ERR_STALE);
  }

  @Test
  void exportKeepsItsNumberWhileItsVolumeIsTheSame() {
    Volume first = volume("first");
    Volume second = volume("second");
    ExportTable table = table("/a", first, "/b", second);
    ExportTable moved = next(table, "/b", second, "/c/a", first);
    assertThat(numbers(moved)).isEqualTo(List.of(2, 1));
    ExportTable without = next(moved, "/b", second);
    assertThat(numbers(without)).isEqualTo(List.of(2));
    assertThat(numbers(next(without, "/a", first, "/b", second))).isEqualTo(List.of(3, 2));
    assertThat(numbers(next(without, "/b", volume("second")))).isEqualTo(List.of(4));
  }

  // RFC 7862 section 12.2.3: the server declares its change attributes monotonic
  @Test
  void changeAttributeOfPseudoDirectoriesGrowsWithEveryReplacement() throws Exception {
    ExportTable table = exporting("/a");
    ExportTable next = table.replacedBy(entries("/a", "/b"), env.clock().instant());
    assertThat(attributes(next.everything().root()).change())
        .isGreaterThan(attributes(table.everything().root()).change());
    ExportTable last = next.replacedBy(entries("/b"), env.clock().instant().minusSeconds(60));
    assertThat(attributes(last.everything().root()).change())
        .isGreaterThan(attributes(next.everything().root()).change());
  }

  private static List<Integer> numbers(ExportTable table) {
    return table.exports().stream().map(Export::id).toList();
  }

  private ExportTable table(String path, Volume volume, String other, Volume second) {
    return new ExportTable(byPath(path, volume, other, second), env.clock().instant());
  }

  private ExportTable next(ExportTable table, Object... pathsAndVolumes) {
    return table.replacedBy(byPath(pathsAndVolumes), env.clock().instant());
  }

  private static SequencedMap<String, ExportDefinition> byPath(Object... pathsAndVolumes) {
    SequencedMap<String, ExportDefinition> entries = new LinkedHashMap<>();
    for (int i = 0; i < pathsAndVolumes.length; i += 2) {
      entries.put(
          (String) pathsAndVolumes[i],
          new ExportDefinition((Volume) pathsAndVolumes[i + 1], Squash.NONE));
    }
    return entries;
  }

  @Test
  void filehandleOfAnotherServersVolumeIsStale() {
    NfsFh4 foreign = exporting("/a").exports().iterator().next().rootRef().wire();
    ExportNamespace table = exporting("/b").everything();
    assertThat(decodeStatus(table, foreign)).isEqualTo(Nfsstat4.NFS4ERR_STALE);
    assertThat(decodeStatus(table, new NfsFh4(Opaque.ofUtf8("of another kind altogether"))))
        .isEqualTo(Nfsstat4.NFS4ERR_STALE);
  }

  @Test
  void filehandleTooShortForAnyServerIsBad() { // RFC 8881 section 15.1.2.1
    ExportNamespace table = exporting("/b").everything();
    assertThat(decodeStatus(table, new NfsFh4(Opaque.EMPTY))).isEqualTo(Nfsstat4.NFS4ERR_BADHANDLE);
    assertThat(decodeStatus(table, new NfsFh4(Opaque.ofUtf8("abc"))))
        .isEqualTo(Nfsstat4.NFS4ERR_BADHANDLE);
    assertThat(decodeStatus(table, new NfsFh4(Opaque.ofUtf8("abcd"))))
        .isEqualTo(Nfsstat4.NFS4ERR_STALE);
  }

  private static Nfsstat4 decodeStatus(ExportNamespace table, NfsFh4 filehandle) {
    try {
      throw new AssertionError(table.decode(filehandle));
    } catch (NfsStatusException failed) {
      return failed.status();
    }
  }

  @Test
  void readdirOfThePseudoRootContinuesAfterAnyEntry() throws Exception {
    ExportNamespace table = exporting("/a", "/b", "/c").everything();
    Volume pseudo = table.root().volume();
    List<String> names = new ArrayList<>();
    long cookie = 0;
    long verifier = 0;
    boolean end = false;
    while (!end) {
      List<Long> cookies = new ArrayList<>();
      var page =
          pseudo.readDirectory(
              Caller.SUPERUSER,
              pseudo.root(),
              cookie,
              verifier,
              entry -> {
                if (!cookies.isEmpty()) {
                  return false;
                }
                names.add(entry.name().toString());
                return cookies.add(entry.cookie());
              });
      end = page.end();
      verifier = page.verifier();
      cookie = cookies.isEmpty() ? cookie : cookies.getFirst();
    }
    assertThat(names).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void pathsThatFormNoNamespaceFail() {
    for (String[] paths :
        new String[][] {
          {}, {"data"}, {"/a/"}, {"/a//b"}, {"/a/../b"}, {"/a", "/a/b"}, {"/", "/a"}
        }) {
      assertThatThrownBy(() -> exporting(paths)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** As knfsd parses it; otherwise a copy from this server to knfsd fails (fs/nfsd/nfsfh.h). */
  @Test
  void filehandleLooksToKnfsdLikeThatOfAnUnknownFileSystem() {
    byte[] filehandle = exporting("/").everything().root().wire().data().toByteArray();
    int version = filehandle[0];
    int authentication = filehandle[1];
    int fsidType = filehandle[2];
    assertThat(List.of(version, authentication, fsidType)).isEqualTo(List.of(1, 0, 5));
    assertThat(filehandle.length).isBetween(4 + 8 + 1, 128);
  }

  @Test
  void volumeCannotBeExportedTwice() {
    SequencedMap<String, ExportDefinition> entries = new LinkedHashMap<>();
    entries.put("/a", new ExportDefinition(volume("same"), Squash.NONE));
    entries.put("/b", new ExportDefinition(volume("same"), Squash.NONE));
    assertThatThrownBy(() -> new ExportTable(entries, env.clock().instant()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void squashMapsRootOrAllUsersToNobody() {
    Principal root = new Principal(1, "0", 0, 0, List.of(0L, 5L));
    Principal user = new Principal(1, "7", 7, 8, List.of(9L));
    assertThat(seen(Squash.NONE, root)).isEqualTo(new Caller(0, 0, List.of(0L, 5L)));
    assertThat(seen(Squash.ROOT, root)).isEqualTo(new Caller(65534, 65534, List.of(5L)));
    assertThat(seen(Squash.ROOT, user)).isEqualTo(new Caller(7, 8, List.of(9L)));
    assertThat(seen(new Squash(Squash.Who.EVERYBODY, 99, 98), user)).isEqualTo(Caller.of(99, 98));
  }

  /**
   * The id -1 means "unchanged" to chown(2), so the files of such a user would remain the server's
   * own.
   */
  @Test
  void invalidIdIsMappedToNobodyInEveryExport() {
    long none = 0xffff_ffffL;
    Principal principal = new Principal(1, "4294967294", none, none, List.of(5L, none));
    assertThat(seen(Squash.NONE, principal)).isEqualTo(new Caller(65534, 65534, List.of(5L)));
    assertThat(seen(Squash.ROOT, principal)).isEqualTo(new Caller(65534, 65534, List.of(5L)));
  }

  private static Caller seen(Squash squash, Principal principal) {
    return squash.apply(principal.uid(), principal.gid(), principal.gids());
  }
}
