package io.ferrynfs.client;

import java.nio.file.attribute.UserPrincipal;

/**
 * A user in an access control list (RFC 8881 section 6.2.1.5).
 *
 * @param name a decimal number, {@code user@domain}, {@code OWNER@} or {@code EVERYONE@}
 */
public record NfsUser(String name) implements UserPrincipal {
  /** The owner of the object. */
  public static final NfsUser OWNER = new NfsUser("OWNER@");

  /** All users, including the owner and the group. */
  public static final NfsUser EVERYONE = new NfsUser("EVERYONE@");

  @Override
  public String getName() {
    return name;
  }

  @Override
  public String toString() {
    return name;
  }
}
