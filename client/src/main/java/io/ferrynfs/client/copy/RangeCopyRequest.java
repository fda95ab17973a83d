package io.ferrynfs.client.copy;

import io.ferrynfs.client.file.RemoteOpenFile;

/**
 * A request to copy a range from one open file into another.
 *
 * @param from the source, open for reading
 * @param offset the offset in the source
 * @param to the destination, open for writing
 * @param toOffset the offset in the destination
 * @param count the number of bytes
 * @param fresh whether the destination is empty, so that unwritten bytes read as zeros, and both
 *     files are closed after this copy
 * @param means the permitted methods
 */
public record RangeCopyRequest(
    RemoteOpenFile from,
    long offset,
    RemoteOpenFile to,
    long toOffset,
    long count,
    boolean fresh,
    CopyMethods means) {

  /** Returns the request with another open of the source. */
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
