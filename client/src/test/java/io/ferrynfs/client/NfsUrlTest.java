package io.ferrynfs.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NfsUrlTest {

  @ParameterizedTest
  @CsvSource({
    "nfs://host, host, 2049, /",
    "nfs://host/, host, 2049, /",
    "NFS://host:123/a/b, host, 123, /a/b",
    "nfs://[::1]:9/a, ::1, 9, /a",
    "nfs://host//a/./b/../c, host, 2049, /a/c",
    "nfs://host/a%20b%2Fc, host, 2049, /a b/c"
  })
  void urlHasHostPortAndPath(String text, String host, int port, String path) {
    assertThat(NfsUrl.parse(text)).isEqualTo(new NfsUrl(host, port, NfsPath.of(path)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nfs://:bad/",
        "http://host/",
        "nfs:host",
        "nfs:///a",
        "nfs://host:0/",
        "nfs://host:65536/",
        "nfs://host:x/",
        "nfs://host/%",
        "nfs://host/%2",
        "nfs://host/%zz",
        "nfs://[::1/a",
        "nfs://host/%00"
      })
  void invalidUrlIsRejected(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> NfsUrl.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nfs://user@host/a | a URL names no user: write nfs://host/a",
        "nfs://user@host | a URL names no user: write nfs://host",
        "nfs://user:secret@host:9/ | a URL names no user: write nfs://host:9/",
        "nfs://a@b:secret@[::1]/ | a URL names no user: write nfs://[::1]/",
        "nfs://host:/a | no port behind the colon in nfs://host:/a",
        "nfs://host: | no port behind the colon in nfs://host:",
        "nfs://host:x/ | the port is x and not a number from 1 to 65535, in nfs://host:x/",
        "nfs://host:+1/ | the port is +1 and not a number from 1 to 65535, in nfs://host:+1/",
        "nfs://host:0/ | the port is 0 and not a number from 1 to 65535, in nfs://host:0/",
        "nfs://host:65536/ | the port is 65536 and not a number from 1 to 65535, in"
            + " nfs://host:65536/",
        "nfs://h:99999999999/ | the port is 99999999999 and not a number from 1 to 65535, in"
            + " nfs://h:99999999999/",
        "nfs://::1/ | more than one colon (an IPv6 address stands in brackets) in nfs://::1/",
        "nfs://[]/a | no host in nfs://[]/a",
        "nfs://[::1]9/ | behind the address in brackets stands 9 in nfs://[::1]9/",
        "nfs://[::1/a | the bracket is not closed in nfs://[::1/a",
        "nfs:///a | no host in nfs:///a",
        "nfs://:9/a | no host in nfs://:9/a"
      })
  void errorOfAnInvalidUrlIsNamed(String text, String message) {
    assertThatIllegalArgumentException().isThrownBy(() -> NfsUrl.parse(text)).withMessage(message);
  }

  @Test
  void atSignInAPathIsNotAUserName() {
    assertThat(NfsUrl.parse("nfs://host/a@b").path()).isEqualTo(NfsPath.of("/a@b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs://host/", "nfs://host:123/a/b", "nfs://[::1]/a%20b%C3%A4%FF"})
  void urlRoundTripsAsText(String text) {
    assertThat(NfsUrl.parse(text)).hasToString(text);
  }

  @Test
  void serversAreEqualByHostAndPort() {
    NfsUrl one = NfsUrl.parse("nfs://HOST/a");
    assertThat(one.sameEndpoint(NfsUrl.parse("nfs://host:2049/b"))).isTrue();
    assertThat(one.sameEndpoint(NfsUrl.parse("nfs://host:2050/b"))).isFalse();
  }
}
