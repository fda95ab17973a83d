package io.ferrynfs.server;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The users and groups of one domain, as the last call of {@link #learn} gave them. If two names
 * have the same number, both are accepted and the first is sent.
 */
public final class NamedIds implements IdMapper {
  /** The maximum number of users, and of groups. The server sends the numbers of all others. */
  public static final int NAMES_MAX = 100_000;

  private final String suffix;
  private volatile Names users = Names.of(Map.of());
  private volatile Names groups = Names.of(Map.of());

  private record Names(Map<String, Long> ids, Map<Long, String> names) {
    static Names of(Map<String, Long> learned) {
      Map<String, Long> ids = new HashMap<>();
      Map<Long, String> names = new HashMap<>();
      for (Map.Entry<String, Long> each : learned.entrySet()) {
        if (ids.size() == NAMES_MAX) {
          break;
        }
        ids.put(each.getKey(), each.getValue());
        names.putIfAbsent(each.getValue(), each.getKey());
      }
      return new Names(ids, names);
    }
  }

  /**
   * Creates a mapping without users and groups.
   *
   * @param domain the part of a name after the {@code @}; it is not case-sensitive
   */
  public NamedIds(String domain) {
    this.suffix = "@" + domain.toLowerCase(Locale.ROOT);
  }

  /**
   * Replaces all users and groups.
   *
   * @param newUsers the id of each user name, without the domain
   * @param newGroups the id of each group name, without the domain
   */
  public void learn(Map<String, Long> newUsers, Map<String, Long> newGroups) {
    users = Names.of(newUsers);
    groups = Names.of(newGroups);
  }

  @Override
  public @Nullable String user(long uid) {
    return full(users, uid);
  }

  @Override
  public @Nullable String group(long gid) {
    return full(groups, gid);
  }

  private @Nullable String full(Names known, long id) {
    String name = known.names().get(id);
    return name == null ? null : name + suffix;
  }

  @Override
  public @Nullable Long uid(String user) {
    return id(users, user);
  }

  @Override
  public @Nullable Long gid(String group) {
    return id(groups, group);
  }

  @Override
  public boolean isOfDomain(String domain) {
    return suffix.equalsIgnoreCase("@" + domain);
  }

  private @Nullable Long id(Names known, String full) {
    int at = full.length() - suffix.length();
    boolean ours = at > 0 && full.regionMatches(true, at, suffix, 0, suffix.length());
    return ours ? known.ids().get(full.substring(0, at)) : null;
  }
}
