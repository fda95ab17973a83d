package io.ferrynfs.server.export;

import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.ExportRule;
import io.ferrynfs.server.SecurityFlavor;
import io.ferrynfs.server.access.Principal;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.wire.nfs4.Fsid4;
import java.util.List;
import java.util.UUID;

/**
 * A volume with its place in the server's name space, as the clients of one {@link ExportRule} see
 * it.
 */
public final class Export {
  private final int id;
  private final String path;
  private final Volume volume;
  private final ExportRule rule;
  private final CopySourcePolicy copySource;
  private final long tag;
  private final boolean pseudo;

  private Export(
      int id,
      String path,
      Volume volume,
      ExportRule rule,
      CopySourcePolicy copySource,
      boolean pseudo) {
    this.id = id;
    this.path = path;
    this.volume = rule.readOnly() ? new UnchangeableVolume(volume) : volume;
    this.rule = rule;
    this.copySource = copySource;
    this.pseudo = pseudo;
    this.tag = tagOf(volume.id());
  }

  static long tagOf(UUID volume) {
    return volume.getMostSignificantBits()
        ^ Long.rotateLeft(volume.getLeastSignificantBits(), Integer.SIZE);
  }

  static Export of(int id, String path, ExportDefinition entry, ExportRule rule) {
    return new Export(id, path, entry.volume(), rule, entry.copySource(), false);
  }

  static Export pseudo(PseudoVolume volume, ExportRule rule) {
    return new Export(0, "/", volume, rule, CopySourcePolicy.ANYBODY, true);
  }

  /**
   * Tells it from all other exports that this server process ever had; the same under all rules,
   * and when the exports are replaced as long as it is the same volume's.
   */
  public int id() {
    return id;
  }

  /** Absolute path in the name space, {@code /} for the root. */
  public String path() {
    return path;
  }

  /** What is served; where nothing may be changed, a volume that refuses to be. */
  public Volume volume() {
    return volume;
  }

  /** Whether nothing may be changed. */
  public boolean isReadOnly() {
    return rule.readOnly();
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
   * @param part {@link io.ferrynfs.storage.Attributes#fsId} of the object
   */
  public Fsid4 fsid(long part) {
    return new Fsid4(tag, part);
  }

  /** Who the principal is for this export's volume. */
  public Caller callerFor(Principal principal) {
    return rule.squash().apply(principal.uid(), principal.gid(), principal.gids());
  }

  /** How callers may say who they are, the better one first. */
  public List<SecurityFlavor> flavors() {
    return rule.flavors();
  }

  /** Whether who says in this way who he is may come in. */
  public boolean takes(Principal principal) {
    return rule.accepts(principal.flavor());
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

  ExportRule rule() {
    return rule;
  }

  @Override
  public String toString() {
    return path;
  }
}
