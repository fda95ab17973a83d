/**
 * Copies that this server makes for its clients (RFC 7862 section 4).
 *
 * <p>{@code RangeCopier} and {@code RemoteCopier} copy a range piece by piece. {@code CopyJob} is
 * one copy from COPY to CB_OFFLOAD. {@code CopySchedule} decides which piece is next, {@code
 * CopyRunner} runs it, and {@code CopyCompletion} ends the copy. {@code CopyCallbacks} reports the
 * outcome to the client. {@code CopyEngine} accepts and cancels copies.
 */
@NullMarked
package io.ferrynfs.server.offload;

import org.jspecify.annotations.NullMarked;
