package io.ferrynfs.storage;

/**
 * The numbers of a volume, constant while it is open.
 *
 * @param nameBytesMax longest name
 * @param symlinkBytesMax longest target of a symbolic link
 * @param linkCountMax most hard links of one file
 * @param fileBytesMax largest file
 * @param xattrNameBytesMax longest name of an extended attribute; 0 without {@link Feature#XATTRS}
 * @param xattrValueBytesMax largest value of one; 0 without {@link Feature#XATTRS}
 * @param cloneBlockBytes the alignment of {@link OpenFile#cloneRange}; 0 without {@link
 *     Feature#CLONE}
 * @param timeResolutionNanos the smallest difference of two times that can be stored
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
