package io.ferrynfs.client.copy;

import io.ferrynfs.client.file.RemoteOpenFile;

/**
 * A range to copy from one open file into another.
 *
 * @param from the source, open for reading
 * @param offset its first byte
 * @param to the destination, open for writing
 * @param toOffset where its first byte goes
 * @param count the bytes
 * @param fresh whether the destination is empty, so that what is not written reads as zeros, and
 *     both files were opened for this copy and are closed after it
 * @param means what it may be made with
 */
public record RangeCopyRequest(
    RemoteOpenFile from,
    long offset,
    RemoteOpenFile to,
    long toOffset,
    long count,
    boolean fresh,
    CopyMethods means) {

  /** The same with the source as another client has it open. */
  RangeCopyRequest withFrom(RemoteOpenFile other) {
    return new RangeCopyRequest(other, offset, to, toOffset, count, fresh, means);
  }

  boolean sameClient() {
    return from.files().equals(to.files());
  }

  boolean sameServer() {
    return from.files().session().identity().sameServer(to.files().session().identity());
  }
}
