package io.ferrynfs.cli.serve;

import io.ferrynfs.cli.admin.AdminFolder;
import io.ferrynfs.cli.base.Machine;
import io.ferrynfs.server.CopyLimits;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.IdMapper;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.ServerOptions;
import io.ferrynfs.server.ServerOptions.CopyRules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the administrator asks for, on the command line or in a file.
 *
 * @param exports the directories
 * @param listen where, or null for the usual port on loopback or the next free one
 * @param state where to keep what outlives the server, or null for the usual place
 * @param leaseSeconds how long a silent client keeps its files open
 * @param courtesySeconds how long after that it keeps what nobody else wants; 0 for not at all
 * @param delegates whether clients get delegations
 * @param copyRateMib bounds the MiB a second that copies may move; 0 for no bound
 * @param copyRules how strict COPY is
 * @param copyFrom from which other servers files are copied
 * @param announced where other servers reach this one
 * @param idDomain owners travel as names of this domain, or null for numbers
 * @param managesGids whether the groups of users are looked up here; null for where this is root
 * @param admin the folder of the administration's socket, or null for the usual one
 */
public record ServeChoices(
    List<ServedDirectory> exports,
    @Nullable InetSocketAddress listen,
    @Nullable Path state,
    int leaseSeconds,
    int courtesySeconds,
    boolean delegates,
    long copyRateMib,
    CopyRules copyRules,
    CopySources copyFrom,
    List<InetSocketAddress> announced,
    @Nullable String idDomain,
    @Nullable Boolean managesGids,
    @Nullable Path admin) {
  static final int LEASE_SECONDS_MIN = 5;
  static final int LEASE_SECONDS_MAX = 3600;
  static final int LEASE_SECONDS_DEFAULT = 90;
  static final long COPY_RATE_MIB_MAX = 1 << 20;
  private static final long ROOT = 0;

  /** Copies the lists and checks the numbers. */
  public ServeChoices {
    exports = List.copyOf(exports);
    announced = List.copyOf(announced);
    if (leaseSeconds < LEASE_SECONDS_MIN || leaseSeconds > LEASE_SECONDS_MAX) {
      throw new IllegalArgumentException("--lease is between 5 and 3600 seconds");
    }
    if (courtesySeconds < 0) {
      throw new IllegalArgumentException("--courtesy is 0 seconds or more");
    }
    if (copyRateMib < 0 || copyRateMib > COPY_RATE_MIB_MAX) {
      throw new IllegalArgumentException("--copy-rate is between 0 and " + COPY_RATE_MIB_MAX);
    }
  }

  /** Which of the others, besides exports, are not as these, by their names in a file. */
  List<String> othersThan(ServeChoices others) {
    Map<String, Object> those = others.named();
    return named().entrySet().stream()
        .filter(choice -> !choice.getValue().equals(those.get(choice.getKey())))
        .map(Map.Entry::getKey)
        .toList();
  }

  private Map<String, Object> named() {
    Map<String, Object> named = new LinkedHashMap<>();
    named.put("listen", Optional.ofNullable(listen));
    named.put("state", Optional.ofNullable(state));
    named.put("lease", leaseSeconds);
    named.put("courtesy", courtesySeconds);
    named.put("delegations", delegates);
    named.put("copy-rate", copyRateMib);
    named.put("copy-rules", copyRules);
    named.put("copy-from", copyFrom);
    named.put("announce", announced);
    named.put("id-domain", Optional.ofNullable(idDomain));
    named.put("manage-gids", Optional.ofNullable(managesGids));
    named.put("admin", Optional.ofNullable(admin));
    return named;
  }

  /** A server that is not root does everything as its own user, whose groups alone count. */
  private boolean looksUpGroups() {
    return managesGids == null ? Machine.uid() == ROOT : managesGids;
  }

  /** What to start the server with. */
  public RunningServer.Settings settings() throws IOException {
    return new RunningServer.Settings(
        exports,
        listen,
        new StateFolder(state == null ? StateFolder.usual() : state),
        ServerLimits.builder()
            .leaseSeconds(leaseSeconds)
            .courtesy(CourtesyLimits.builder().seconds(courtesySeconds).build())
            .delegations(delegates ? DelegationLimits.defaults() : DelegationLimits.none())
            .copies(CopyLimits.builder().bytesPerSecondMax(copyRateMib << 20).build())
            .build(),
        ServerOptions.builder()
            .copyRules(copyRules)
            .announced(announced)
            .copySources(copyFrom)
            .ids(idDomain == null ? IdMapper.NUMBERS : UserDatabase.of(idDomain))
            .groups(looksUpGroups() ? new UserGroups() : null)
            .build(),
        admin == null ? AdminFolder.usual() : AdminFolder.toServeIn(admin));
  }
}
