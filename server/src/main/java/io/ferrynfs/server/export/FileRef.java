package io.ferrynfs.server.export;

import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.wire.nfs4.NfsFh4;

/**
 * A decoded filehandle: the current or the saved one of a COMPOUND.
 *
 * @param export the export of the object
 * @param handle the object in the volume of the export
 */
public record FileRef(Export export, Handle handle) {

  /** Returns the volume of the object. */
  public Volume volume() {
    return export.volume();
  }

  /** Returns the filehandle on the wire. */
  public NfsFh4 wire() {
    return Filehandles.encode(export.tag(), handle);
  }

  /** Returns the key of the object in the table of open files. */
  public FileKey key() {
    return new FileKey(export.id(), handle);
  }

  /** Returns another object of the same export. */
  public FileRef sibling(Handle other) {
    return new FileRef(export, other);
  }

  /** Returns the path in the name space of clients as printable text, if the volume knows it. */
  public String displayPath(OpenFile open) {
    String path = export.path();
    return (path.endsWith("/") ? path : path + "/") + open.displayPath().orElse("?");
  }

  /** Returns whether this is the root directory of its export. */
  public boolean isExportRoot() {
    return handle.equals(export.root());
  }
}
