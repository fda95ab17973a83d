package io.ferrynfs.storage;

/**
 * The limits of a volume, constant while it is open.
 *
 * @param nameBytesMax the maximum length of a name
 * @param symlinkBytesMax the maximum length of the target of a symbolic link
 * @param linkCountMax the maximum number of hard links of a file
 * @param fileBytesMax the maximum length of a file
 * @param xattrNameBytesMax the maximum length of the name of an extended attribute; 0 without
 *     {@link Feature#XATTRS}
 * @param xattrValueBytesMax the maximum length of the value of an extended attribute; 0 without
 *     {@link Feature#XATTRS}
 * @param cloneBlockBytes the alignment of {@link OpenFile#cloneRange}; 0 without {@link
 *     Feature#CLONE}
 * @param timeResolutionNanos the smallest difference between two stored times, in nanoseconds
 */
public record VolumeLimits(
    int nameBytesMax,
    int symlinkBytesMax,
    long linkCountMax,
    long fileBytesMax,
    int xattrNameBytesMax,
    int xattrValueBytesMax,
    int cloneBlockBytes,
    long timeResolutionNanos) {}
