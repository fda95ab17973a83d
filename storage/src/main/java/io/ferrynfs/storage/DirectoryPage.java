package io.ferrynfs.storage;

/**
 * How a {@link Volume#readDirectory} ended.
 *
 * @param verifier to be given with the next cookie
 * @param end whether all entries up to the end of the directory were taken
 */
public record DirectoryPage(long verifier, boolean end) {}
