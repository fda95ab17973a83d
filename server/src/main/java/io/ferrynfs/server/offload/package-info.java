/**
 * Copies that this server makes for its clients (RFC 7862 section 4): how a range is copied piece
 * by piece, the copies that go on after their COPY was answered, whose turn it is, and how a client
 * is told of the end.
 *
 * <p>{@code RangeCopier} copies; {@code CopyJob} is one asynchronous copy from COPY to CB_OFFLOAD;
 * {@code CopySchedule} decides whose piece comes next; {@code CopyEngine} has the threads and
 * brings them together; {@code CopyReport} tells the client.
 */
@NullMarked
package io.ferrynfs.server.offload;

import org.jspecify.annotations.NullMarked;
