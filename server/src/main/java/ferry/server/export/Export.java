package ferry.server.export;

import ferry.server.access.Principal;
import ferry.storage.Caller;
import ferry.storage.Handle;
import ferry.storage.Volume;
import ferry.wire.nfs4.Fsid4;

/** A volume with its place in the server's name space. */
public interface Export {
  /** The number that begins its filehandles; 0 is the pseudo-root above several exports. */
  int id();

  /** Absolute path in the name space, {@code /} for the root. */
  String path();

  /** What is served. */
  Volume volume();

  /** The root directory of the volume. */
  Handle root();

  /** The fsid attribute of everything in it. */
  Fsid4 fsid();

  /** True for the synthetic directories above the exports. */
  boolean isPseudo();

  /** Who the principal is for this export's volume (after squashing). */
  Caller callerFor(Principal principal);
}
