package io.ferrynfs.client.session;

import java.time.Instant;

/**
 * Calls wait for the server.
 *
 * @param since when it last brought a call further, or the first of those that wait was made
 * @param reason why, in words
 * @param isOver whether it has answered again, or no call waits for it
 */
public record StallNotice(Instant since, String reason, boolean isOver) {}
