package io.ferrynfs.server.export;

import io.ferrynfs.storage.Handle;

/**
 * The identity of a file among all files of this server process.
 *
 * @param exportId the id of the export
 * @param handle the file in the volume of the export
 */
public record FileKey(int exportId, Handle handle) {}
