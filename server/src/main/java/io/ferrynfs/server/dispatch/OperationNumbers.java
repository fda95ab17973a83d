package io.ferrynfs.server.dispatch;

import io.ferrynfs.wire.nfs4.NfsOpnum4;

/** The operation numbers of each minor version and their positions in a COMPOUND. */
final class OperationNumbers {
  private OperationNumbers() {}

  /**
   * Returns the operation of a number.
   *
   * @return OP_ILLEGAL if the minor version does not have it (RFC 8881 section 18.52, RFC 8178
   *     section 8.2)
   */
  static NfsOpnum4 of(int number, int minorVersion) {
    NfsOpnum4 found = NfsOpnum4.find(number);
    boolean isTooNew =
        found != null && minorVersion == 1 && found.value() > NfsOpnum4.OP_RECLAIM_COMPLETE.value();
    return found == null || isTooNew ? NfsOpnum4.OP_ILLEGAL : found;
  }

  /** Returns whether an operation may stand alone without SEQUENCE (RFC 8881 section 2.10.2.1). */
  static boolean needsNoSession(NfsOpnum4 operation) {
    return switch (operation) {
      case OP_EXCHANGE_ID,
          OP_CREATE_SESSION,
          OP_BIND_CONN_TO_SESSION,
          OP_DESTROY_SESSION,
          OP_DESTROY_CLIENTID ->
          true;
      default -> false;
    };
  }
}
