package io.ferrynfs.client;

/**
 * Who the server is and what was agreed with it.
 *
 * @param ownerMajor so_major_id as hexadecimal digits: with the scope, what tells one server from
 *     another, whatever addresses it has (RFC 8881 section 2.10.4)
 * @param scope eir_server_scope as hexadecimal digits
 * @param implementation the name the server gives its software, may be empty
 * @param minorVersion 1 or 2
 * @param leaseSeconds the lease period
 * @param readBytesMax the bytes one READ asks for at most
 * @param writeBytesMax the bytes one WRITE carries at most
 * @param slots the calls that may be outstanding at once
 */
public record NfsServerInfo(
    String ownerMajor,
    String scope,
    String implementation,
    int minorVersion,
    int leaseSeconds,
    int readBytesMax,
    int writeBytesMax,
    int slots) {

  /** Whether both are one server, so that it can copy between them by itself. */
  public boolean sameServer(NfsServerInfo other) {
    return ownerMajor.equals(other.ownerMajor) && scope.equals(other.scope);
  }
}
