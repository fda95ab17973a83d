package io.ferrynfs.server.session;

/**
 * How large the tables of clients and sessions are.
 *
 * @param clients client records
 * @param sessions of them all
 * @param connections that a session is associated with
 * @param replyBytesLeft of the memory for cached replies
 */
public record SessionSizes(int clients, int sessions, int connections, long replyBytesLeft) {}
