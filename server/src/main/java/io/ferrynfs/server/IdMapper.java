package io.ferrynfs.server;

import org.jspecify.annotations.Nullable;

/**
 * A mapping between the numbers of users and groups and their names in the protocol, such as {@code
 * alice@example.org} (RFC 8881 section 5.9). The server sends the number if there is no name. It
 * always accepts numbers.
 *
 * <p>The server calls these methods on threads that must not block. An implementation must answer
 * from memory.
 */
public interface IdMapper {
  /** A mapping without names, which sends numbers only, as Linux does for AUTH_SYS. */
  IdMapper NUMBERS =
      new IdMapper() {
        @Override
        public @Nullable String user(long uid) {
          return null;
        }

        @Override
        public @Nullable String group(long gid) {
          return null;
        }

        @Override
        public @Nullable Long uid(String user) {
          return null;
        }

        @Override
        public @Nullable Long gid(String group) {
          return null;
        }
      };

  /** Returns the name of a user, with its domain; null to send the number. */
  @Nullable String user(long uid);

  /** Returns the name of a group, with its domain; null to send the number. */
  @Nullable String group(long gid);

  /** Returns the id of the user with this name, or null if there is none. */
  @Nullable Long uid(String user);

  /** Returns the id of the group with this name, or null if there is none. */
  @Nullable Long gid(String group);

  /**
   * Returns whether this is the domain of the mapping.
   *
   * @param domain the part of a name after the {@code @}
   */
  default boolean isOfDomain(String domain) {
    return false;
  }
}
