package io.ferrynfs.client;

import java.nio.file.attribute.GroupPrincipal;

/**
 * A group in an access control list (RFC 8881 section 6.2.1.5).
 *
 * @param name a decimal number, {@code group@domain}, or {@code GROUP@}
 */
public record NfsGroup(String name) implements GroupPrincipal {
  /** The group of the object. */
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
