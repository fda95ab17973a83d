package io.ferrynfs.storage;

/**
 * The total and free space of a volume.
 *
 * @param totalBytes the size of the volume
 * @param freeBytes the unused bytes
 * @param availableBytes the unused bytes that the caller may use
 * @param totalFiles the number of objects that the volume can hold
 * @param freeFiles the number of objects that can still be created
 * @param availableFiles the number of objects that the caller can still create
 */
public record Space(
    long totalBytes,
    long freeBytes,
    long availableBytes,
    long totalFiles,
    long freeFiles,
    long availableFiles) {}
