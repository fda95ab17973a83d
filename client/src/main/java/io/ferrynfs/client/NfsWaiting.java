package io.ferrynfs.client;

import java.time.Instant;

/**
 * A client waits for its server: calls have been without an answer for some seconds. Told once when
 * that is noticed, again when the reason changes, and a last time when it is over.
 *
 * @param server host and port, as the client was given them
 * @param since when the server last answered, or when the first of the calls that wait was made
 * @param reason why, in words: that no connection can be made, or that nothing comes over it
 * @param isOver whether the server has answered again, or no call waits for it
 */
public record NfsWaiting(String server, Instant since, String reason, boolean isOver) {}
