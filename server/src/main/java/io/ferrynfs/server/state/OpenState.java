package io.ferrynfs.server.state;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One open-owner's open of one file: its share reservation and the files that serve it. */
final class OpenState extends StateEntry {
  private final OwnerKey owner;
  private final List<SharedFile> held = new ArrayList<>(2);
  private long uid = FileUse.BY_SEVERAL;
  private int access;
  private int deny;

  /** Bit n is set when an OPEN in effect asked for access n, which OPEN_DOWNGRADE may return to. */
  private int accessesOpened;

  private int deniesOpened;

  OpenState(OwnerKey owner, FileState file, Opaque other) {
    super(owner.clientid(), file, other);
    this.owner = owner;
  }

  OwnerKey owner() {
    return owner;
  }

  int access() {
    return access;
  }

  int deny() {
    return deny;
  }

  @Override
  Kind kind() {
    return Kind.OPEN;
  }

  @Override
  @Nullable SharedFile reader() {
    return (access & ShareBits.READ) == 0 ? null : readingFile();
  }

  @Override
  @Nullable SharedFile writer() {
    return (access & ShareBits.WRITE) == 0 ? null : writingFile();
  }

  @Override
  long openedBy() {
    return uid;
  }

  @Override
  boolean leavesTrace() {
    return true;
  }

  /**
   * Another OPEN of this owner is granted; keeps what was opened, or what others have open in the
   * same way, if it serves a mode that nothing served before.
   */
  void grant(int moreAccess, int moreDeny, long byUid, SharedFile opened, @Nullable Caller opener) {
    boolean isFirst = accessesOpened == 0;
    uid = isFirst || uid == byUid ? byUid : FileUse.BY_SEVERAL;
    access |= moreAccess;
    deny |= moreDeny;
    accessesOpened |= 1 << moreAccess;
    deniesOpened |= 1 << moreDeny;
    boolean readsAnew = opened.reads() && readingFile() == null;
    boolean writesAnew = opened.writes() && writingFile() == null;
    if (readsAnew || writesAnew) {
      held.add(file().shared().hold(clientid(), opened, opener));
    }
  }

  /**
   * OPEN_DOWNGRADE.
   *
   * @return false when the new modes are no union of modes opened (RFC 8881 section 18.18.3)
   */
  boolean downgrade(int newAccess, int newDeny) {
    int accesses = ShareBits.within(accessesOpened, newAccess);
    int denies = ShareBits.within(deniesOpened, newDeny);
    if (ShareBits.union(accesses) != newAccess || ShareBits.union(denies) != newDeny) {
      return false;
    }
    accessesOpened = accesses;
    deniesOpened = denies;
    access = newAccess;
    deny = newDeny;
    return true;
  }

  /** One of the files that are held for this open. */
  SharedFile anyFile() {
    return held.getFirst();
  }

  private @Nullable SharedFile readingFile() {
    return held.stream().filter(SharedFile::reads).findFirst().orElse(null);
  }

  private @Nullable SharedFile writingFile() {
    return held.stream().filter(SharedFile::writes).findFirst().orElse(null);
  }

  @Override
  void detach() {
    file().remove(this);
  }

  @Override
  void release() {
    held.forEach(file -> file.drop(clientid()));
  }
}
