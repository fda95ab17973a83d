package ferry.server.export;

import ferry.server.access.CopySourcePolicy;
import ferry.server.access.Principal;
import ferry.server.access.Squash;
import ferry.storage.Caller;
import ferry.storage.Handle;
import ferry.storage.Volume;
import ferry.wire.nfs4.Fsid4;
import java.util.UUID;

/** A volume with its place in the server's name space. */
public final class Export {
  private final int id;
  private final String path;
  private final Volume volume;
  private final Squash squash;
  private final CopySourcePolicy copySource;
  private final long tag;
  private final boolean pseudo;

  Export(int id, String path, ExportTable.Entry entry, boolean pseudo) {
    this.id = id;
    this.path = path;
    this.volume = entry.volume();
    this.squash = entry.squash();
    this.copySource = entry.copySource();
    this.pseudo = pseudo;
    UUID uuid = volume.id();
    this.tag = uuid.getMostSignificantBits() ^ Long.rotateLeft(uuid.getLeastSignificantBits(), 32);
  }

  /** Tells it from the other exports of this server process. */
  public int id() {
    return id;
  }

  /** Absolute path in the name space, {@code /} for the root. */
  public String path() {
    return path;
  }

  /** What is served. */
  public Volume volume() {
    return volume;
  }

  /** The root directory of the volume. */
  public Handle root() {
    return volume.root();
  }

  /** The root directory as a filehandle. */
  public FileRef rootRef() {
    return new FileRef(this, root());
  }

  /** True for the synthetic directories above the exports. */
  public boolean isPseudo() {
    return pseudo;
  }

  /**
   * The fsid attribute: the volume, and which of the volume's parts.
   *
   * @param part {@link ferry.storage.Attributes#fsId} of the object
   */
  public Fsid4 fsid(long part) {
    return new Fsid4(tag, part);
  }

  /** Who the principal is for this export's volume. */
  public Caller callerFor(Principal principal) {
    return squash.apply(principal);
  }

  /** Which servers may read its files for clients. */
  public CopySourcePolicy copySource() {
    return copySource;
  }

  /**
   * Names the volume in filehandles. It comes from the volume's own id, so that filehandles outlive
   * a restart with other exports, and a filehandle of another server is known as foreign.
   */
  long tag() {
    return tag;
  }

  @Override
  public String toString() {
    return path;
  }
}
