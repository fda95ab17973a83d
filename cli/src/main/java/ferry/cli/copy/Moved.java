package ferry.cli.copy;

/**
 * What became of one file.
 *
 * @param bytes the bytes of the destination that are now equal to the source, holes included
 * @param way how they moved
 * @param reason why this way, in words
 * @param bytesThroughClient the bytes that were read here to be written there
 * @param sourceChanged whether the source is known to have changed meanwhile
 */
public record Moved(
    long bytes, Way way, String reason, long bytesThroughClient, boolean sourceChanged) {}
