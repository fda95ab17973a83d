package io.ferrynfs.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The attributes to set on an object; what is null stays as it is. Immutable: every method returns
 * a new value.
 *
 * @param mode permission bits, at most 07777
 * @param owner a number in decimal or {@code user@domain}
 * @param group a number in decimal or {@code group@domain}
 * @param sizeBytes the new size: shorter cuts, longer adds zeros
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

  public static NfsAttributeChanges none() {
    return NONE;
  }

  public NfsAttributeChanges withMode(int bits) {
    return new NfsAttributeChanges(bits, owner, group, sizeBytes, accessTime, modifyTime);
  }

  public NfsAttributeChanges withOwner(String name) {
    return new NfsAttributeChanges(mode, name, group, sizeBytes, accessTime, modifyTime);
  }

  public NfsAttributeChanges withGroup(String name) {
    return new NfsAttributeChanges(mode, owner, name, sizeBytes, accessTime, modifyTime);
  }

  public NfsAttributeChanges withSize(long bytes) {
    return new NfsAttributeChanges(mode, owner, group, bytes, accessTime, modifyTime);
  }

  public NfsAttributeChanges withAccessTime(Instant time) {
    return new NfsAttributeChanges(mode, owner, group, sizeBytes, time, modifyTime);
  }

  public NfsAttributeChanges withModifyTime(Instant time) {
    return new NfsAttributeChanges(mode, owner, group, sizeBytes, accessTime, time);
  }

  public boolean isEmpty() {
    return equals(NONE);
  }
}
