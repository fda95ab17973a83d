package io.ferrynfs.client.file;

/**
 * The sizes of transfers.
 *
 * @param readBytes the bytes of one READ
 * @param writeBytes the bytes of one WRITE
 * @param window the READs or WRITEs in flight per stream
 * @param uncommittedBytesMax the bytes a stream holds until they are committed, so that it can
 *     write them again when the server restarts
 */
public record TransferSizes(int readBytes, int writeBytes, int window, int uncommittedBytesMax) {}
