package io.ferrynfs.client.session;

import java.time.Instant;

/**
 * A notice that calls wait for the server.
 *
 * @param since the time of the last progress, or of the oldest waiting call if that is later
 * @param reason the reason, for people
 * @param isOver whether there is progress again or no call waits
 */
public record StallNotice(Instant since, String reason, boolean isOver) {}
