package ferry.client;

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
  void aUrlIsHostPortAndPath(String text, String host, int port, String path) {
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
  void whatIsNoUrlIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> NfsUrl.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs://host/", "nfs://host:123/a/b", "nfs://[::1]/a%20b%C3%A4%FF"})
  void aUrlIsWrittenAsItIsRead(String text) {
    assertThat(NfsUrl.parse(text)).hasToString(text);
  }

  @Test
  void aServerIsTheSameByHostAndPort() {
    NfsUrl one = NfsUrl.parse("nfs://HOST/a");
    assertThat(one.sameEndpoint(NfsUrl.parse("nfs://host:2049/b"))).isTrue();
    assertThat(one.sameEndpoint(NfsUrl.parse("nfs://host:2050/b"))).isFalse();
  }
}
