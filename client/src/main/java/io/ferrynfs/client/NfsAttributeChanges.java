package io.ferrynfs.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Attributes to set on an object (SETATTR, RFC 8881 section 18.30). An attribute that is null keeps
 * its value. Immutable.
 *
 * @param mode permission bits, at most 07777
 * @param owner a decimal number or {@code user@domain} (RFC 8881 section 5.9)
 * @param group a decimal number or {@code group@domain}
 * @param sizeBytes the new size in bytes; a longer file gets a hole
 * @param accessTime the new access time
 * @param modifyTime the new modification time
 */
public record NfsAttributeChanges(
    @Nullable Integer mode,
    @Nullable String owner,
    @Nullable String group,
    @Nullable Long sizeBytes,
    @Nullable Instant accessTime,
    @Nullable Instant modifyTime) {

  private static final NfsAttributeChanges NONE =
      new NfsAttributeChanges(null, null, null, null, null, null);

  /** Returns a value that changes no attribute. */
  public static NfsAttributeChanges none() {
    return NONE;
  }

  /** Returns a copy that sets the permission bits, at most 07777. */
  public NfsAttributeChanges withMode(int bits) {
    return new NfsAttributeChanges(bits, owner, group, sizeBytes, accessTime, modifyTime);
  }

  /** Returns a copy that sets the owner: a decimal number or {@code user@domain}. */
  public NfsAttributeChanges withOwner(String name) {
    return new NfsAttributeChanges(mode, name, group, sizeBytes, accessTime, modifyTime);
  }

  /** Returns a copy that sets the group: a decimal number or {@code group@domain}. */
  public NfsAttributeChanges withGroup(String name) {
    return new NfsAttributeChanges(mode, owner, name, sizeBytes, accessTime, modifyTime);
  }

  /** Returns a copy that sets the size in bytes. */
  public NfsAttributeChanges withSize(long bytes) {
    return new NfsAttributeChanges(mode, owner, group, bytes, accessTime, modifyTime);
  }

  /** Returns a copy that sets the access time. */
  public NfsAttributeChanges withAccessTime(Instant time) {
    return new NfsAttributeChanges(mode, owner, group, sizeBytes, time, modifyTime);
  }

  /** Returns a copy that sets the modification time. */
  public NfsAttributeChanges withModifyTime(Instant time) {
    return new NfsAttributeChanges(mode, owner, group, sizeBytes, accessTime, time);
  }

  /** Returns whether no attribute is set. */
  public boolean isEmpty() {
    return equals(NONE);
  }
}
