package io.ferrynfs.client;

import static io.ferrynfs.client.testing.CopyLab.fh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Dirlist4;
import io.ferrynfs.wire.nfs4.Entry4;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Fsid4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFtype4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Readdir4Args;
import io.ferrynfs.wire.nfs4.Readdir4Res;
import io.ferrynfs.wire.nfs4.Readdir4Resok;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Invalid directory listings (RFC 8881 section 18.23). */
class DirectoryListingTest {
  private static final NfsPath DIRECTORY = NfsPath.of("/d");
  private static final Verifier4 VERIFIER = new Verifier4(Opaque.of(new byte[8]));

  private final CopyLab lab = new CopyLab(1000);
  private Function<Readdir4Args, Readdir4Res> readdir = args -> page(true);
  private int pages;

  DirectoryListingTest() throws Exception {
    lab.others =
        operation -> {
          if (operation instanceof NfsArgop4.Readdir(Readdir4Args args)) {
            pages++;
            return new NfsResop4.Readdir(readdir.apply(args));
          }
          return null;
        };
  }

  private static AttrValues.Builder attributes() {
    return AttrValues.builder()
        .put(Attrs.TYPE, NfsFtype4.NF4REG)
        .put(Attrs.SIZE, 5L)
        .put(Attrs.FSID, new Fsid4(7, 7))
        .put(Attrs.FILEID, 3L);
  }

  private static Entry4 entry(long cookie, String name) {
    return entry(cookie, name.getBytes(StandardCharsets.ISO_8859_1), attributes().build().encode());
  }

  private static Entry4 entry(long cookie, byte[] name, Fattr4 attributes) {
    return new Entry4(cookie, Opaque.of(name), attributes);
  }

  private static Readdir4Res page(boolean eof, Entry4... entries) {
    return new Readdir4Res.Ok(
        new Readdir4Resok(VERIFIER, new Dirlist4(Arrays.asList(entries), eof)));
  }

  private List<String> listed() throws Exception {
    List<String> listed = new ArrayList<>();
    for (NfsDirectoryEntry entry : lab.await(lab.client.listAsync(DIRECTORY))) {
      NfsException failure = entry.failure();
      listed.add(
          failure == null
              ? entry.path().toString()
              : failure.reason() + " " + failure.getMessage());
    }
    return listed;
  }

  private String failure() {
    NfsException failure = lab.failureOf(lab.client.listAsync(DIRECTORY));
    assertThat(failure.reason()).isEqualTo(Reason.PROTOCOL);
    return String.valueOf(failure.getMessage());
  }

  @Test
  void invalidNameFailsOnlyItsEntry() throws Exception {
    readdir =
        args ->
            page(
                true,
                entry(1, "a"),
                entry(2, "b\0c"),
                entry(3, "../../etc/passwd"),
                entry(4, ""),
                entry(5, "x".repeat(1025)),
                entry(6, "z"));
    String bad =
        "PROTOCOL cannot use an entry of nfs://server/d: the server gave it a name that no file can"
            + " have: ";
    assertThat(listed())
        .containsExactly(
            "/d/a",
            bad + "it holds a NUL",
            bad + "it holds a slash",
            bad + "it is empty",
            bad + "it is longer than 1024 bytes",
            "/d/z");
    NfsDirectoryEntry nul = lab.await(lab.client.listAsync(DIRECTORY)).get(1);
    assertThat(nul.nameBytes()).asString(StandardCharsets.ISO_8859_1).isEqualTo("b\0c");
    assertThat(nul.hasPath()).isFalse();
    assertThatThrownBy(nul::path)
        .isInstanceOf(DirectoryIteratorException.class)
        .hasCause(nul.failure());
  }

  /** RFC 8881 section 18.23.3: a server should not return them, and they can be ignored. */
  @Test
  void dotAndDotDotAreOmitted() throws Exception {
    readdir = args -> page(true, entry(1, "."), entry(2, ".."), entry(3, "..."));
    assertThat(listed()).containsExactly("/d/...");
  }

  @Test
  void invalidAttributesFailOnlyTheirEntry() throws Exception {
    Fattr4 unread =
        AttrValues.builder().put(Attrs.RDATTR_ERROR, Nfsstat4.NFS4ERR_ACCESS).build().encode();
    Fattr4 untyped = AttrValues.builder().put(Attrs.SIZE, 5L).build().encode();
    Fattr4 unsized = AttrValues.builder().put(Attrs.TYPE, NfsFtype4.NF4REG).build().encode();
    Fattr4 endless = attributes().put(Attrs.SIZE, -1L).build().encode();
    Fattr4 lying =
        new Fattr4(
            Bitmap4.of(Attrs.SIZE.number(), Attrs.OWNER.number()),
            Opaque.of(new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 0x7f, -1, -1, -1}));
    readdir =
        args ->
            page(
                true,
                entry(1, new byte[] {'a'}, unread),
                entry(2, new byte[] {'b'}, untyped),
                entry(3, new byte[] {'c'}, unsized),
                entry(4, new byte[] {'d'}, endless),
                entry(5, new byte[] {'e'}, lying),
                entry(6, "f"));
    String bad = "cannot get the attributes of an entry of nfs://server/d: ";
    List<String> listed = listed();
    assertThat(listed.subList(0, 4))
        .containsExactly(
            "ACCESS_DENIED " + bad + "permission denied (READDIR: NFS4ERR_ACCESS)",
            "PROTOCOL " + bad + "the server did not report its type",
            "PROTOCOL " + bad + "the server did not say its size",
            "PROTOCOL "
                + bad
                + "the server reported a size of 18446744073709551615 bytes, which no file can"
                + " have");
    assertThat(listed.get(4))
        .startsWith("PROTOCOL " + bad + "the server's attributes cannot be decoded: ");
    assertThat(listed.get(5)).isEqualTo("/d/f");
    NfsDirectoryEntry first = lab.await(lab.client.listAsync(DIRECTORY)).getFirst();
    assertThat(first.path()).isEqualTo(NfsPath.of("/d/a"));
    assertThatThrownBy(first::attributes).hasCause(first.failure());
  }

  @Test
  void pageThatEndsAtItsStartIsDetected() {
    readdir = args -> page(false, entry(7, "a"));
    assertThat(failure())
        .isEqualTo(
            "cannot list nfs://server/d: the server lists it in a loop: cookie 7 is repeated");
    assertThat(pages).isEqualTo(2);
  }

  @Test
  void repeatedCookiesAreDetected() {
    readdir = args -> page(false, entry(args.cookie() % 100 + 1, "n" + args.cookie() % 100));
    assertThat(failure()).contains("the server lists it in a loop: cookie ");
    assertThat(pages).isLessThan(300);
  }

  @Test
  void cookieZeroIsDetected() {
    readdir = args -> page(false, entry(0, "a"));
    assertThat(failure()).contains("the server lists it in a loop: cookie 0 is repeated");
  }

  @Test
  void sameNamesUnderNewCookiesAreDetected() {
    readdir = args -> page(false, entry(args.cookie() + 1, "a"), entry(args.cookie() + 2, "b"));
    assertThat(failure())
        .endsWith("the server lists it in a loop: the same names come again and again");
    assertThat(pages).isLessThan(50);
  }

  @Test
  void emptyPageBeforeTheEndIsDetected() {
    readdir = args -> page(false);
    assertThat(failure()).endsWith("READDIR gave no entry before the end");
    assertThat(pages).isEqualTo(1);
  }

  /** Some file systems use hashes as cookies. */
  @Test
  void cookiesNeedNotIncrease() throws Exception {
    long[] cookies = {900, 5, Long.MIN_VALUE, 44, -1, 3, 77, 2};
    readdir =
        args -> {
          int next = 0;
          while (args.cookie() != 0 && cookies[next++] != args.cookie()) {}
          return page(next == cookies.length - 1, entry(cookies[next], "n" + next));
        };
    assertThat(listed()).hasSize(8).doesNotHaveDuplicates();
  }

  @Test
  void endlessTreeIsWalkedToALimit() {
    NfsPath deep = NfsPath.of("/d".repeat(2049));
    NfsException failure = lab.failureOf(lab.client.listAsync(deep));
    assertThat(failure)
        .hasMessageEndingWith("it lies deeper than 2048 directories, as if the tree had no end");
  }

  @Test
  void failureOfALaterPageReachesTheIterator() throws Exception {
    readdir =
        args ->
            args.cookie() == 0
                ? page(false, entry(1, "a"))
                : new Readdir4Res.Failed(Nfsstat4.NFS4ERR_ACCESS);
    try (EntryStream stream = new EntryStream((RemoteClient) lab.client, DIRECTORY, fh("/d"))) {
      lab.until(NfsOpnum4.OP_READDIR, 1);
      lab.world.run(CopyLab.SOON);
      Iterator<NfsDirectoryEntry> entries = stream.iterator();
      assertThat(entries.next().path()).isEqualTo(NfsPath.of("/d/a"));
      lab.world.run(CopyLab.SOON);
      assertThatThrownBy(entries::hasNext)
          .isInstanceOf(DirectoryIteratorException.class)
          .cause()
          .isInstanceOf(NfsException.class)
          .hasMessage("cannot list nfs://server/d: permission denied (READDIR: NFS4ERR_ACCESS)");
      assertThat(entries.hasNext()).isFalse();
    }
  }
}
