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
 * A volume and its place in the server's name space, as the clients of one {@link ExportRule} see
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
   * Returns the id of the export, which is unique among all exports of this server process. It is
   * the same under all rules. It stays the same when the exports are replaced, if the volume is the
   * same.
   */
  public int id() {
    return id;
  }

  /** Returns the absolute path in the name space, {@code /} for the root. */
  public String path() {
    return path;
  }

  /** Returns the exported volume. Under a read-only rule, its operations that change files fail. */
  public Volume volume() {
    return volume;
  }

  /** Returns whether the export is read-only. */
  public boolean isReadOnly() {
    return rule.readOnly();
  }

  /** Returns the root directory of the volume. */
  public Handle root() {
    return volume.root();
  }

  /** Returns the root directory as a filehandle. */
  public FileRef rootRef() {
    return new FileRef(this, root());
  }

  /** Returns whether this is the export of the synthetic directories. */
  public boolean isPseudo() {
    return pseudo;
  }

  /**
   * Returns the fsid attribute: the volume, and one of its parts.
   *
   * @param part {@link io.ferrynfs.storage.Attributes#fsId} of the object
   */
  public Fsid4 fsid(long part) {
    return new Fsid4(tag, part);
  }

  /** Returns the principal as the volume sees it, after squashing. */
  public Caller callerFor(Principal principal) {
    return rule.squash().apply(principal.uid(), principal.gid(), principal.gids());
  }

  /** Returns the accepted authentication flavors in the order of preference. */
  public List<SecurityFlavor> flavors() {
    return rule.flavors();
  }

  /** Returns whether the export accepts the flavor of the principal. */
  public boolean accepts(Principal principal) {
    return rule.accepts(principal.flavor());
  }

  /** Returns the servers that may read files on behalf of clients. */
  public CopySourcePolicy copySource() {
    return copySource;
  }

  /**
   * Returns the tag of the volume in filehandles. It depends only on the volume's own id, so
   * filehandles survive a restart with other exports, and the server recognizes filehandles of
   * other servers.
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
