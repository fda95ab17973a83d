package io.ferrynfs.client;

import java.time.Instant;

/**
 * A notice that requests of a client have been without a reply for some seconds. The listener
 * receives a first notice, another one each time the reason changes, and a last one when the server
 * replies again or no request is pending.
 *
 * @param server host and port, as the client was given them
 * @param since the time of the last reply, or of the oldest pending request if that is later
 * @param reason the reason, for people: there is no connection, or no reply
 * @param isOver whether this is the last notice
 */
public record NfsWaiting(String server, Instant since, String reason, boolean isOver) {}
