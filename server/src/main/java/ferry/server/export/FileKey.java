package ferry.server.export;

import ferry.storage.Handle;

/**
 * The identity of a file among all files of this server.
 *
 * @param exportId the export's number
 * @param handle the file in the export's volume
 */
public record FileKey(int exportId, Handle handle) {}
