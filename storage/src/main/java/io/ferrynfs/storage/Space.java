package io.ferrynfs.storage;

/**
 * How full a volume is.
 *
 * @param totalBytes size of the volume
 * @param freeBytes not used
 * @param availableBytes not used, and free for the caller to take
 * @param totalFiles number of objects that the volume can hold
 * @param freeFiles number of objects that can still be made
 * @param availableFiles number of objects that the caller can still make
 */
public record Space(
    long totalBytes,
    long freeBytes,
    long availableBytes,
    long totalFiles,
    long freeFiles,
    long availableFiles) {}
