package io.ferrynfs.storage;

/**
 * The result of {@link Volume#readDirectory}.
 *
 * @param verifier the verifier to pass with the next cookie
 * @param end whether the sink took all entries up to the end of the directory
 */
public record DirectoryPage(long verifier, boolean end) {}
