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
 * The settings of {@code ferry serve}, from the command line or a file.
 *
 * @param exports the directories
 * @param listen the address, or null for port 2049 on loopback or the next free port
 * @param state the state folder, or null for the default
 * @param leaseSeconds the lease time
 * @param courtesySeconds how long a courtesy client keeps its state after the lease; 0 for not at
 *     all
 * @param delegates whether the server grants delegations
 * @param copyRateMib the maximum MiB per second of all copies; 0 for no limit
 * @param copyRules how strict COPY is
 * @param copyFrom the servers from which files are copied
 * @param announced the addresses at which other servers reach this one
 * @param idDomain the domain of owner names, or null for numbers
 * @param managesGids whether the server looks up the groups of users; null if only as root
 * @param admin the folder of the administration socket, or null for the default
 */
public record ServeSettings(
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
  public ServeSettings {
    exports = List.copyOf(exports);
    announced = List.copyOf(announced);
    if (leaseSeconds < LEASE_SECONDS_MIN || leaseSeconds > LEASE_SECONDS_MAX) {
      throw new IllegalArgumentException("--lease must be between 5 and 3600 seconds");
    }
    if (courtesySeconds < 0) {
      throw new IllegalArgumentException("--courtesy must not be negative");
    }
    if (copyRateMib < 0 || copyRateMib > COPY_RATE_MIB_MAX) {
      throw new IllegalArgumentException("--copy-rate must be between 0 and " + COPY_RATE_MIB_MAX);
    }
  }

  /** Returns the names of the options, except exports, that differ. */
  List<String> differencesFrom(ServeSettings others) {
    Map<String, Object> those = others.named();
    return named().entrySet().stream()
        .filter(setting -> !setting.getValue().equals(those.get(setting.getKey())))
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

  /**
   * A server that is not root executes all requests as its own user, so other groups have no
   * effect.
   */
  private boolean looksUpGroups() {
    return managesGids == null ? Machine.uid() == ROOT : managesGids;
  }

  /** Returns the settings of the server. */
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
        admin == null ? AdminFolder.usual() : AdminFolder.forServer(admin));
  }
}
