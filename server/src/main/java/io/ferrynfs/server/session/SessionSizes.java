package io.ferrynfs.server.session;

/**
 * The sizes of the client and session tables.
 *
 * @param clients the number of client records
 * @param sessions the number of sessions
 * @param connections the number of connections that are associated with a session
 * @param replyBytesLeft the bytes that are left in the reply cache
 */
public record SessionSizes(int clients, int sessions, int connections, long replyBytesLeft) {}
