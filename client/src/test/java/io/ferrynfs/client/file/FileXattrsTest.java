package io.ferrynfs.client.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.client.NfsException;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.nfs4.Listxattrs4Args;
import io.ferrynfs.wire.nfs4.Listxattrs4Res;
import io.ferrynfs.wire.nfs4.Listxattrs4Resok;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** LISTXATTRS of servers with unusual or invalid pages. */
class FileXattrsTest {
  private final CopyLab lab;
  private final List<Long> cookies = new ArrayList<>();

  FileXattrsTest() throws Exception {
    lab = new CopyLab(0);
  }

  private void answer(Function<Listxattrs4Args, Listxattrs4Res> answer) {
    lab.others =
        operation -> {
          if (operation instanceof NfsArgop4.Listxattrs(Listxattrs4Args args)) {
            cookies.add(args.cookie());
            return new NfsResop4.Listxattrs(answer.apply(args));
          }
          return null;
        };
  }

  private static Listxattrs4Res page(long cookie, boolean eof, String... names) {
    return new Listxattrs4Res.Ok(
        new Listxattrs4Resok(cookie, List.of(names).stream().map(Opaque::ofUtf8).toList(), eof));
  }

  // RFC 8276 section 8.4.3
  @Test
  void pagesContinueAtTheLastCookie() throws Exception {
    answer(args -> args.cookie() == 0 ? page(-7, false, "a", "b") : page(9, true, "c"));
    assertThat(lab.await(lab.a.xattrs().listAsync())).containsExactly("a", "b", "c");
    assertThat(cookies).containsExactly(0L, -7L);
  }

  @Test
  void noxattrIsAnEmptyList() throws Exception {
    answer(args -> new Listxattrs4Res.Failed(Nfsstat4.NFS4ERR_NOXATTR));
    assertThat(lab.await(lab.a.xattrs().listAsync())).isEmpty();
  }

  private void isRefusedAfter(int pages, String message) {
    cookies.clear();
    assertThatThrownBy(() -> lab.await(lab.a.xattrs().listAsync()))
        .hasRootCauseMessage(message)
        .cause()
        .isInstanceOfSatisfying(
            NfsException.class,
            failure -> assertThat(failure.is(NfsException.Reason.PROTOCOL)).isTrue());
    assertThat(cookies).hasSize(pages);
  }

  // RFC 8276 section 8.4.3.3: a cookie identifies one name
  @Test
  void loopIsDetectedAtTheFirstRepeatedPage() {
    String circle = "the server lists extended attributes in a loop: ";
    answer(args -> page(args.cookie(), false));
    isRefusedAfter(1, circle + "a page has no new name");
    answer(args -> page(0, false, "a"));
    isRefusedAfter(1, circle + "cookie 0 is repeated");
    answer(args -> page(-1, false, "a"));
    isRefusedAfter(2, circle + "a page has no new name");
    answer(args -> page(-1, false, "a" + cookies.size()));
    isRefusedAfter(2, circle + "cookie 18446744073709551615 is repeated");
    answer(args -> page(cookies.size(), false, "a", "b"));
    isRefusedAfter(2, circle + "a page has no new name");
  }

  @Test
  void endlessListFailsAtTheLimit() {
    String many = "the server lists more extended attributes than an object can have";
    answer(args -> page(cookies.size(), false, "a".repeat(1 << 15) + cookies.size()));
    isRefusedAfter(128, many);
    answer(args -> page(cookies.size(), false, names(1000)));
    isRefusedAfter(17, many);
  }

  private String[] names(int count) {
    return IntStream.range(0, count).mapToObj(i -> cookies.size() + "." + i).toArray(String[]::new);
  }

  @Test
  void repeatedNameIsListedOnce() throws Exception {
    answer(args -> args.cookie() == 0 ? page(1, false, "a", "b") : page(2, true, "b", "c"));
    assertThat(lab.await(lab.a.xattrs().listAsync())).containsExactly("a", "b", "c");
  }
}
