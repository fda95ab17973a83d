package io.ferrynfs.server;

import org.jspecify.annotations.Nullable;

/**
 * Users and groups by the names that the protocol has for them, {@code alice@example.org} (RFC 8881
 * section 5.9). Where there is no name the number is sent, and numbers are always understood.
 *
 * <p>It is asked on threads that must not wait: it answers by what it holds.
 */
public interface IdMapper {
  /** Numbers only, as Linux has it for AUTH_SYS. */
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

  /** The name of a user, null to send the number. */
  @Nullable String user(long uid);

  /** The name of a group, null to send the number. */
  @Nullable String group(long gid);

  /** The user of a name, null for nobody. */
  @Nullable Long uid(String user);

  /** The group of a name, null for none. */
  @Nullable Long gid(String group);

  /**
   * Whether these are the users of this domain, which is what comes after the {@code @}. Without a
   * domain of its own a server knows nobody of any.
   */
  default boolean isOfDomain(String domain) {
    return false;
  }
}
