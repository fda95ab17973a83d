package io.ferrynfs.rpc.auth;

import java.nio.ByteBuffer;

/**
 * The header of an incoming call, of which the lengths have been checked (RFC 5531 section 9).
 *
 * @param message the whole call, from byte 0 to its limit; only absolute access
 * @param credentialAt the offset of the credential's body
 * @param credentialBytes the length of the credential's body
 * @param verifierAt the offset of the verifier's body
 * @param verifierBytes the length of the verifier's body
 * @param argumentsAt the offset of the arguments
 */
public record CallHeader(
    ByteBuffer message,
    int credentialAt,
    int credentialBytes,
    int verifierAt,
    int verifierBytes,
    int argumentsAt) {

  /** Returns the transaction id. */
  public int xid() {
    return message.getInt(0);
  }

  /** Returns the program's number. */
  public int program() {
    return message.getInt(12);
  }

  /** Returns the program's version. */
  public int version() {
    return message.getInt(16);
  }

  /** Returns the procedure's number. */
  public int procedure() {
    return message.getInt(20);
  }

  /** Returns the flavor of the credential. */
  public int flavor() {
    return message.getInt(credentialAt - 8);
  }

  /** Returns the flavor of the verifier. */
  public int verifierFlavor() {
    return message.getInt(verifierAt - 8);
  }

  /** Returns the body of the credential, read-only. */
  public ByteBuffer credential() {
    return message.slice(credentialAt, credentialBytes).asReadOnlyBuffer();
  }

  /** Returns the body of the verifier, read-only. */
  public ByteBuffer verifier() {
    return message.slice(verifierAt, verifierBytes).asReadOnlyBuffer();
  }

  /**
   * Returns the header from the xid to the end of the credential, read-only: the input of the
   * verifier's MIC under RPCSEC_GSS (RFC 2203 section 5.3.1).
   */
  public ByteBuffer signedPart() {
    return message.slice(0, verifierAt - 8).asReadOnlyBuffer();
  }

  /** Returns the arguments as received, read-only. */
  public ByteBuffer arguments() {
    return message.slice(argumentsAt, message.limit() - argumentsAt).asReadOnlyBuffer();
  }
}
