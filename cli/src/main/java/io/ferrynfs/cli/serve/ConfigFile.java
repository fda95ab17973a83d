package io.ferrynfs.cli.serve;

import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.CopySources;
import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.ExportRule;
import io.ferrynfs.server.IpNetwork;
import io.ferrynfs.server.SecurityFlavor;
import io.ferrynfs.server.ServerOptions.CopyRules;
import io.ferrynfs.server.Squash;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/**
 * The TOML file of {@code ferry serve --config}. It has the options of the command line by their
 * names, and an {@code [[export]]} for each directory.
 */
public final class ConfigFile {
  private static final List<String> KEYS =
      List.of(
          "listen",
          "state",
          "lease",
          "courtesy",
          "delegations",
          "copy-rate",
          "copy-rules",
          "copy-from",
          "announce",
          "id-domain",
          "manage-gids",
          "admin",
          "export");
  private static final List<String> RULE_KEYS =
      List.of("networks", "access", "squash", "anonymous-uid", "anonymous-gid", "security");
  private static final List<String> EXPORT_KEYS =
      with(RULE_KEYS, "path", "pseudo-path", "copy-to", "client");
  private static final String ANY = "any";
  private static final long ID_MAX = 0xffff_fffeL;

  private static final Map<String, CopyRules> COPY_RULES =
      ordered("linux", CopyRules.LINUX, "rfc7862", CopyRules.RFC7862);
  private static final Map<String, Boolean> DELEGATES =
      ordered("none", Boolean.FALSE, "read", Boolean.TRUE);
  private static final Map<String, Boolean> YES_OR_NO =
      ordered("no", Boolean.FALSE, "yes", Boolean.TRUE);
  private static final Map<String, Boolean> READ_ONLY =
      ordered("rw", Boolean.FALSE, "ro", Boolean.TRUE);
  private static final Map<String, Squash.Who> SQUASH = squash();
  private static final Map<String, SecurityFlavor> SECURITY = security();

  private final String name;
  private final List<String> problems = new ArrayList<>();

  private ConfigFile(String name) {
    this.name = name;
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException if it has errors; the message has all of them
   * @throws IOException if it cannot be read
   */
  public static ServeSettings read(Path file) throws IOException {
    return parse(file.toString(), Files.readString(file));
  }

  /**
   * Parses the text of a file.
   *
   * @param name the name of the file for messages
   * @throws ConfigException if it has errors; the message has all of them
   */
  static ServeSettings parse(String name, String text) {
    ConfigFile file = new ConfigFile(name);
    TomlParseResult toml = Toml.parse(text);
    for (TomlParseError error : toml.errors()) {
      String what = String.valueOf(error.getMessage());
      file.problems.add(ConfigTable.where(name, error.position()) + what);
    }
    if (!file.problems.isEmpty()) {
      // After a syntax error, keys may seem to be missing.
      throw new ConfigException(file.problems);
    }
    ServeSettings settings = file.settings(new ConfigTable(name, toml, file.problems));
    if (!file.problems.isEmpty()) {
      throw new ConfigException(file.problems);
    }
    return settings;
  }

  /**
   * Returns the file as the source of reloads for a server that was started with {@code initial}.
   */
  public static ConfigSource reloadable(Path file, ServeSettings initial) {
    return new ConfigSource() {
      @Override
      public Config read() throws IOException {
        ServeSettings now = ConfigFile.read(file);
        return new Config(now.exports(), initial.differencesFrom(now));
      }

      @Override
      public String where(int export, String key) {
        return position(file, export, key);
      }
    };
  }

  /** Returns a message with its position for each directory that does not exist. */
  public static List<String> missing(Path file, ServeSettings settings) {
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < settings.exports().size(); i++) {
      Path directory = settings.exports().get(i).directory();
      if (!Files.isDirectory(directory)) {
        String what = Files.exists(directory) ? ": is not a directory" : ": no such directory";
        missing.add(position(file, i, "path") + directory + what);
      }
    }
    return missing;
  }

  /** Returns the position of an export's key, as the prefix of a message. */
  private static String position(Path file, int export, String key) {
    String name = file.toString();
    try {
      ConfigTable top = new ConfigTable(name, Toml.parse(file), new ArrayList<>());
      List<ConfigTable> exports = top.tables("export");
      return export < exports.size() ? exports.get(export).where(key) : name + ": ";
    } catch (IOException e) {
      return name + ": ";
    }
  }

  private ServeSettings settings(ConfigTable top) {
    top.allow(KEYS);
    long lease =
        top.number(
            "lease",
            ServeSettings.LEASE_SECONDS_MIN,
            ServeSettings.LEASE_SECONDS_MAX,
            ServeSettings.LEASE_SECONDS_DEFAULT);
    long courtesy =
        top.number("courtesy", 0, Integer.MAX_VALUE, CourtesyLimits.defaults().seconds());
    CopyRules rules = top.choice("copy-rules", COPY_RULES);
    Boolean delegates = top.choice("delegations", DELEGATES);
    List<InetSocketAddress> announced = top.list("announce", CopySourceOption::announced);
    return new ServeSettings(
        exports(top),
        top.parsed("listen", ListenAddress::parse),
        top.parsed("state", ConfigFile::path),
        (int) lease,
        (int) courtesy,
        delegates == null || delegates,
        top.number("copy-rate", 0, ServeSettings.COPY_RATE_MIB_MAX, 0),
        rules == null ? CopyRules.LINUX : rules,
        copyFrom(top),
        announced == null ? List.of() : announced,
        top.parsed("id-domain", text -> text),
        top.choice("manage-gids", YES_OR_NO),
        top.parsed("admin", ConfigFile::path));
  }

  private static CopySources copyFrom(ConfigTable top) {
    List<String> networks = top.list("copy-from", text -> text);
    try {
      return CopyFromOption.parse(networks == null ? List.of() : networks);
    } catch (IllegalArgumentException e) {
      top.problem("copy-from", String.valueOf(e.getMessage()).replace("--copy-from ", ""));
      return CopySources.none();
    }
  }

  private List<ServedDirectory> exports(ConfigTable top) {
    List<ConfigTable> tables = top.tables("export");
    if (tables.isEmpty()) {
      problems.add(name + ": no exports; write an [[export]] with a path");
    }
    List<ServedDirectory> exports = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (ConfigTable table : tables) {
      ServedDirectory export = export(table, tables.size() == 1);
      if (export != null) {
        if (!seen.add(export.path())) {
          table.problem("pseudo-path", "another export is at " + export.path());
        }
        exports.add(export);
      }
    }
    return exports;
  }

  private static @Nullable ServedDirectory export(ConfigTable table, boolean alone) {
    table.allow(EXPORT_KEYS);
    Path directory = table.parsed("path", ConfigFile::path);
    if (!table.has("path")) {
      table.problem("path", "is missing: the directory of this machine, as in path = \"/srv\"");
    }
    String pseudo = table.parsed("pseudo-path", ConfigFile::pseudoPath);
    if (!alone && !table.has("pseudo-path")) {
      table.problem(
          "pseudo-path",
          "is missing: with several exports, each needs the path that clients mount");
    }
    List<String> copyTo = table.list("copy-to", text -> text);
    CopySourcePolicy copySource = CopySourcePolicy.ANYBODY;
    try {
      copySource = CopySourceOption.policy(copyTo == null ? List.of() : copyTo);
    } catch (IllegalArgumentException e) {
      table.problem("copy-to", String.valueOf(e.getMessage()).replace("--copy-to ", ""));
    }
    List<ExportRule> rules = rules(table);
    String path = pseudo == null && alone ? "/" : pseudo;
    return directory == null || path == null || rules.isEmpty()
        ? null
        : new ServedDirectory(path, directory, rules, copySource);
  }

  /**
   * Returns the rules of the export's client tables, then the rule of the export for all other
   * clients.
   */
  private static List<ExportRule> rules(ConfigTable export) {
    Rule general = rule(export, Rule.DEFAULT);
    List<ExportRule> rules = new ArrayList<>();
    List<ConfigTable> clients = export.tables("client");
    for (ConfigTable client : clients) {
      client.allow(RULE_KEYS);
      if (!client.has("networks")) {
        client.problem("networks", "is missing: the clients to which the rule applies");
      }
      List<IpNetwork> networks = networks(client);
      if (networks != null && !networks.isEmpty()) {
        rules.add(rule(client, general).in(networks));
      }
    }
    List<IpNetwork> networks = networks(export);
    if (networks != null && !networks.isEmpty()) {
      rules.add(general.in(networks));
    } else if (networks == null && clients.isEmpty()) {
      rules.add(general.in(ExportRule.LOOPBACK));
    }
    return rules;
  }

  /** The access, squashing and flavors of a rule. */
  private record Rule(boolean readOnly, Squash squash, List<SecurityFlavor> flavors) {
    static final Rule DEFAULT = new Rule(false, Squash.ROOT, ExportRule.ALL_FLAVORS);

    ExportRule in(List<IpNetwork> networks) {
      return new ExportRule(networks, readOnly, squash, flavors);
    }
  }

  private static Rule rule(ConfigTable table, Rule defaults) {
    Boolean readOnly = table.choice("access", READ_ONLY);
    Squash.Who users = table.choice("squash", SQUASH);
    Squash squash = defaults.squash();
    long uid = table.number("anonymous-uid", 0, ID_MAX, squash.anonymousUid());
    long gid = table.number("anonymous-gid", 0, ID_MAX, squash.anonymousGid());
    List<SecurityFlavor> flavors = table.choices("security", SECURITY);
    return new Rule(
        readOnly == null ? defaults.readOnly() : readOnly,
        new Squash(users == null ? squash.who() : users, uid, gid),
        flavors == null || flavors.isEmpty() ? defaults.flavors() : flavors);
  }

  private static @Nullable List<IpNetwork> networks(ConfigTable table) {
    List<List<IpNetwork>> networks =
        table.list(
            "networks",
            text -> text.equals(ANY) ? ExportRule.EVERYWHERE : List.of(IpNetwork.parse(text)));
    if (networks == null) {
      return null;
    }
    if (table.isEmptyList("networks")) {
      table.problem("networks", "matches no client; write networks, as \"10.0.0.0/8\", or \"any\"");
    }
    return networks.stream().flatMap(List::stream).toList();
  }

  private static Path path(String text) {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("not a path: " + text, e);
    }
    throw new IllegalArgumentException("must begin with /: " + text);
  }

  private static String pseudoPath(String text) {
    if (text.equals("/") || text.matches("(/(?!\\.{1,2}(/|$))[^/\\x00]+)+")) {
      return text;
    }
    throw new IllegalArgumentException(
        "must be / or a path like /data/films, with no / at its end, not " + text);
  }

  private static Map<String, SecurityFlavor> security() {
    Map<String, SecurityFlavor> words = new LinkedHashMap<>();
    for (SecurityFlavor flavor : SecurityFlavor.values()) {
      words.put(flavor.name().toLowerCase(Locale.ROOT), flavor);
    }
    return words;
  }

  private static Map<String, Squash.Who> squash() {
    Map<String, Squash.Who> words = ordered("none", Squash.Who.NOBODY, "root", Squash.Who.ROOT);
    words.put("all", Squash.Who.EVERYBODY);
    return words;
  }

  private static <T> Map<String, T> ordered(String one, T first, String other, T second) {
    Map<String, T> words = new LinkedHashMap<>();
    words.put(one, Objects.requireNonNull(first));
    words.put(other, Objects.requireNonNull(second));
    return words;
  }

  private static List<String> with(List<String> some, String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(some);
    return List.copyOf(all);
  }
}
