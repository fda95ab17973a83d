package io.ferrynfs.client;

import java.nio.file.attribute.GroupPrincipal;

/**
 * A group in an access control list (RFC 8881 section 6.2.1.5).
 *
 * @param name a number in decimal, {@code group@domain}, or {@code GROUP@}
 */
public record NfsGroup(String name) implements GroupPrincipal {
  /** The group that the object belongs to. */
  public static final NfsGroup OWNING = new NfsGroup("GROUP@");

  @Override
  public String getName() {
    return name;
  }

  @Override
  public String toString() {
    return name;
  }
}
