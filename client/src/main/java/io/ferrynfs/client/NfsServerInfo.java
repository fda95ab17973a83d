package io.ferrynfs.client;

/**
 * The identity of a server and the limits negotiated with it.
 *
 * @param ownerMajor so_major_id in hexadecimal. Together with the scope it identifies a server,
 *     whatever its addresses (RFC 8881 section 2.10.4)
 * @param scope eir_server_scope in hexadecimal
 * @param implementation the name of the server's software (nii_name), possibly empty
 * @param minorVersion 1 or 2
 * @param leaseSeconds the lease period in seconds
 * @param readBytesMax the maximum number of bytes of one READ
 * @param writeBytesMax the maximum number of bytes of one WRITE
 * @param slots the maximum number of concurrent requests
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

  /** Returns whether both are the same server, which can then copy between its own files. */
  public boolean sameServer(NfsServerInfo other) {
    return ownerMajor.equals(other.ownerMajor) && scope.equals(other.scope);
  }
}
