package io.ferrynfs.cli.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.ExportRule;
import io.ferrynfs.server.IpNetwork;
import io.ferrynfs.server.SecurityFlavor;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.Squash;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The configuration file of {@code ferry serve --config}, valid and invalid. */
class ConfigFileTest {
  private static final String EVERYTHING =
      """
      listen = "0.0.0.0:2049"
      state = "/var/lib/ferry"
      lease = 30
      courtesy = 600
      delegations = "none"
      copy-rate = 100
      copy-rules = "rfc7862"
      copy-from = ["10.0.0.0/8"]
      announce = ["192.0.2.1:2049"]
      id-domain = "example.org"
      manage-gids = "no"
      admin = "/run/ferry"

      [[export]]
      path = "/srv/films"
      pseudo-path = "/films"
      networks = ["any"]
      access = "ro"
      squash = "all"
      anonymous-uid = 99
      anonymous-gid = 98
      security = ["sys"]
      copy-to = ["none"]

      [[export.client]]
      networks = ["10.0.0.0/8"]
      access = "rw"
      squash = "none"

      [[export]]
      path = "/srv/films/new"
      pseudo-path = "/films/new"
      networks = ["2001:db8::/32"]
      """;

  private static final String EXPORT = "[[export]]\npath = \"/srv\"\n";

  private static ExportRule rule(
      String network, boolean readOnly, Squash squash, SecurityFlavor... how) {
    return new ExportRule(
        List.of(IpNetwork.parse(network)),
        readOnly,
        squash,
        how.length == 0 ? ExportRule.ALL_FLAVORS : List.of(how));
  }

  @Test
  void exportWithOnlyAPathIsForLoopback() {
    assertThat(ConfigFile.parse("f", EXPORT))
        .isEqualTo(
            new ServeSettings(
                List.of(
                    new ServedDirectory(
                        "/",
                        Path.of("/srv"),
                        List.of(
                            new ExportRule(
                                ExportRule.LOOPBACK, false, Squash.ROOT, ExportRule.ALL_FLAVORS)),
                        CopySourcePolicy.ANYBODY)),
                null,
                null,
                90,
                86_400,
                true,
                0,
                CopyRules.LINUX,
                CopySources.ofOwnNetworks(),
                List.of(),
                null,
                null,
                null));
  }

  @Test
  void everyKeyIsRead() {
    assertThat(ConfigFile.parse("f", EVERYTHING))
        .isEqualTo(
            new ServeSettings(
                List.of(
                    new ServedDirectory(
                        "/films",
                        Path.of("/srv/films"),
                        List.of(
                            rule(
                                "10.0.0.0/8",
                                false,
                                new Squash(Squash.Who.NOBODY, 99, 98),
                                SecurityFlavor.SYS),
                            new ExportRule(
                                ExportRule.EVERYWHERE,
                                true,
                                new Squash(Squash.Who.EVERYBODY, 99, 98),
                                List.of(SecurityFlavor.SYS))),
                        CopySourcePolicy.NOBODY),
                    new ServedDirectory(
                        "/films/new",
                        Path.of("/srv/films/new"),
                        List.of(rule("2001:db8::/32", false, Squash.ROOT)),
                        CopySourcePolicy.ANYBODY)),
                new InetSocketAddress("0.0.0.0", 2049),
                Path.of("/var/lib/ferry"),
                30,
                600,
                false,
                100,
                CopyRules.RFC7862,
                new CopySources(false, List.of(IpNetwork.parse("10.0.0.0/8"))),
                List.of(new InetSocketAddress("192.0.2.1", 2049)),
                "example.org",
                false,
                Path.of("/run/ferry")));
  }

  /** Checks the error of a file whose first line is invalid. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lease = 4 | f:1:1: lease: must be a number between 5 and 3600",
        "lease = \"90\" | f:1:1: lease: must be a number between 5 and 3600",
        "courtesy = -1 | f:1:1: courtesy: must be a number between 0 and 2147483647",
        "leese = 90 | f:1:1: leese: no such key; is lease meant?",
        "sqush = \"root\" | f:1:1: sqush: no such key; there are listen, state, lease, courtesy,"
            + " delegations, copy-rate, copy-rules, copy-from, announce, id-domain, manage-gids,"
            + " admin, export",
        "listen = 2049 | f:1:1: listen: must be a text in quotation marks",
        "listen = \"2049\" | f:1:1: listen: an address is HOST:PORT, not 2049",
        "state = \"ferry\" | f:1:1: state: must begin with /: ferry",
        "copy-rate = -1 | f:1:1: copy-rate: must be a number between 0 and 1048576",
        "delegations = \"reed\" | f:1:1: delegations: there is no \"reed\"; is read meant?",
        "copy-rules = \"linus\" | f:1:1: copy-rules: there is no \"linus\"; is linux meant?",
        "copy-from = \"any\" | f:1:1: copy-from: must be a list, as in copy-from = [\"...\"]",
        "copy-from = [\"none\", \"::1\"] | f:1:1: copy-from: none excludes other values",
        "announce = [1] | f:1:13: announce: must be a list of texts in quotation marks",
        "announce = [\"::1\", \"a:b\"] | f:1:20: announce: no port between 0 and 65535 in a:b"
      })
  void serverErrorsHaveAPosition(String line, String problem) {
    assertThatThrownBy(() -> ConfigFile.parse("f", line + "\n" + EXPORT))
        .isInstanceOf(ConfigException.class)
        .hasMessage(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "acess = \"ro\" | f:3:1: acess: no such key; is access meant?",
        "access = \"r\" | f:3:1: access: there is no \"r\"; is rw meant?",
        "squash = \"everybody\" | f:3:1: squash: there is no \"everybody\"; there are none, root,"
            + " all",
        "anonymous-uid = 4294967295 | f:3:1: anonymous-uid: must be a number between 0 and"
            + " 4294967294",
        "security = [\"krb5\"] | f:3:13: security: there is no \"krb5\"; there are sys, none",
        "security = [] | f:3:1: security: must not be empty; there are sys, none",
        "networks = [] | f:3:1: networks: matches no client; write networks, as \"10.0.0.0/8\", or"
            + " \"any\"",
        "networks = [\"10.0.0.0/33\"] | f:3:13: networks: no prefix of 10.0.0.0 has 33 bits",
        "networks = [\"example.org\"] | f:3:13: networks: not an address or network: example.org",
        "pseudo-path = \"films/\" | f:3:1: pseudo-path: must be / or a path like /data/films, with"
            + " no / at its end, not films/",
        "copy-to = [\"ten\"] | f:3:1: copy-to: not an address or network: ten",
        "client = [{access = \"ro\"}] | f:3:11: networks: is missing: the clients to which the rule"
            + " applies",
        "client = [3] | f:3:11: client: must be a table, as in [[client]]"
      })
  void exportErrorsHaveAPosition(String line, String problem) {
    assertThatThrownBy(() -> ConfigFile.parse("f", EXPORT + line + "\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(problem);
  }

  @Test
  void allErrorsAreReportedTogether() {
    String text =
        """
        lease = 1

        [[export]]
        pseudo-path = "/a"
        access = "wr"

        [[export]]
        path = "/srv/b"

        [[export]]
        path = "/srv/c"
        pseudo-path = "/d"

        [[export]]
        path = "/srv/d"
        pseudo-path = "/d"
        """;
    assertThatThrownBy(() -> ConfigFile.parse("ferry.toml", text))
        .hasMessage(
            """
            ferry.toml:1:1: lease: must be a number between 5 and 3600
            ferry.toml:3:1: path: is missing: the directory of this machine, as in path = "/srv"
            ferry.toml:5:1: access: there is no "wr"; there are rw, ro
            ferry.toml:7:1: pseudo-path: is missing: of several exports each needs the path that \
            clients mount
            ferry.toml:16:1: pseudo-path: another export is at /d\
            """);
  }

  @Test
  void syntaxErrorsAreReportedAlone() {
    assertThatThrownBy(() -> ConfigFile.parse("f", "lease = \n")).hasMessageStartingWith("f:1:9: ");
  }

  @Test
  void fileWithoutExportsIsAnError() {
    assertThatThrownBy(() -> ConfigFile.parse("f", "lease = 90\n"))
        .hasMessage("f: no exports; write an [[export]] with a path");
    assertThatThrownBy(() -> ConfigFile.parse("f", "[export]\npath = \"/srv\"\n"))
        .hasMessageContaining("must be written with two brackets, [[export]]");
  }
}
