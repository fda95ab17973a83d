package io.ferrynfs.server.state;

import io.ferrynfs.storage.Caller;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The open of one open-owner on one file: its share reservation and its open files. */
final class OpenState extends StateEntry {
  private final OwnerKey owner;
  private final List<SharedFile> held = new ArrayList<>(2);
  private long uid = FileUse.BY_SEVERAL;
  private int access;
  private int deny;

  /** Bit n is set if an OPEN requested access n, to which OPEN_DOWNGRADE may return. */
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
   * Adds the modes of a granted OPEN. Holds the opened file, or a shared one of the same kind, if
   * no held file serves its mode.
   */
  void grant(int moreAccess, int moreDeny, long byUid, SharedFile opened, @Nullable Caller opener) {
    boolean isFirst = accessesOpened == 0;
    uid = isFirst || uid == byUid ? byUid : FileUse.BY_SEVERAL;
    access |= moreAccess;
    deny |= moreDeny;
    accessesOpened |= 1 << moreAccess;
    deniesOpened |= 1 << moreDeny;
    boolean addsReader = opened.reads() && readingFile() == null;
    boolean addsWriter = opened.writes() && writingFile() == null;
    if (addsReader || addsWriter) {
      held.add(file().shared().hold(clientid(), opened, opener));
    }
  }

  /**
   * Reduces the modes (OPEN_DOWNGRADE).
   *
   * @return false if the new modes are not a union of opened modes (RFC 8881 section 18.18.3)
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

  /** Returns one of the open files. */
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
