package io.ferrynfs.server.export;

import io.ferrynfs.storage.Handle;

/**
 * The identity of a file among all files that this server process ever had.
 *
 * @param exportId the export's number
 * @param handle the file in the export's volume
 */
public record FileKey(int exportId, Handle handle) {}
