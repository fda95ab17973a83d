package ferry.cli.copy;

/**
 * How {@code cp} copies.
 *
 * @param recursive directories with all that is in them
 * @param preserve modes, times and, where allowed, owners
 * @param requireOffload fail rather than pass the bytes through this client
 * @param forceStream pass the bytes through this client even where a server could copy
 * @param jobs files copied at once
 */
public record CopySettings(
    boolean recursive, boolean preserve, boolean requireOffload, boolean forceStream, int jobs) {}
