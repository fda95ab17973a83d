package ferry.cli.copy;

/**
 * What became of one file.
 *
 * @param bytes the bytes of the destination that are now equal to the source, holes included
 * @param way how they moved
 * @param reason why this way, in words
 */
public record Moved(long bytes, Way way, String reason) {}
