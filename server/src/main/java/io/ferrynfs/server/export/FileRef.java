package io.ferrynfs.server.export;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.wire.nfs4.NfsFh4;

/**
 * A filehandle that this server understood: the current or the saved one of a COMPOUND.
 *
 * @param export where the object lives
 * @param handle the object in the export's volume
 */
public record FileRef(Export export, Handle handle) {

  /** The volume that holds the object. */
  public Volume volume() {
    return export.volume();
  }

  /** The filehandle as it goes on the wire. */
  public NfsFh4 wire() {
    return Filehandles.encode(export.tag(), handle);
  }

  /** What names this object in the table of open files. */
  public FileKey key() {
    return new FileKey(export.id(), handle);
  }

  /** Another object of the same export. */
  public FileRef sibling(Handle other) {
    return new FileRef(export, other);
  }

  /** A path in the name space that clients see, where the volume knows one, for people to read. */
  public String pathForPeople(OpenFile open) {
    String path = export.path();
    return (path.endsWith("/") ? path : path + "/") + open.pathForPeople().orElse("?");
  }

  /** True when this is the root directory of its export. */
  public boolean isExportRoot() {
    return handle.equals(export.root());
  }
}
