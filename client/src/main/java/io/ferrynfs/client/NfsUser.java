package io.ferrynfs.client;

import java.nio.file.attribute.UserPrincipal;

/**
 * A user in an access control list (RFC 8881 section 6.2.1.5).
 *
 * @param name a number in decimal, {@code user@domain}, or one of those that mean nobody in
 *     particular: {@code OWNER@}, {@code EVERYONE@}
 */
public record NfsUser(String name) implements UserPrincipal {
  /** Whoever owns the object. */
  public static final NfsUser OWNER = new NfsUser("OWNER@");

  /** Everybody, the owner and the group too. */
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
