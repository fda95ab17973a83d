/**
 * Copies that this server makes for its clients (RFC 7862 section 4).
 *
 * <p>{@code RangeCopier} and {@code RemoteCopier} copy a range piece by piece. {@code CopyJob} is
 * one copy from COPY to CB_OFFLOAD. {@code CopySchedule} decides which piece is next. {@code
 * CopyEngine} has the threads. {@code CopyCallbacks} reports the result to the client.
 */
@NullMarked
package io.ferrynfs.server.offload;

import org.jspecify.annotations.NullMarked;
