package io.ferrynfs.server.status;

import io.ferrynfs.server.compound.OperationTable;
import io.ferrynfs.server.operation.Operations;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * An operation with valid arguments: a row of {@link OperationSamples}.
 *
 * @param operation the operation
 * @param on the objects on which it works
 * @param saved the required saved filehandle
 * @param current the required current filehandle
 * @param varied the arguments that a test may replace
 * @param arm creates the operation
 */
record OperationSample(
    NfsOpnum4 operation,
    On on,
    ObjectKind saved,
    ObjectKind current,
    List<Varied> varied,
    Maker arm) {
  private static final OperationTable SERVED = Operations.table();

  OperationSample {
    varied = List.copyOf(varied);
  }

  /** The objects on which an operation works. */
  enum On {
    /** It uses no object. */
    NOTHING,
    /** An object of any type. */
    ANY,
    REGULAR_FILE,
    /**
     * A regular file; all other types return NFS4ERR_WRONG_TYPE, as RFC 7862 requires for its
     * operations.
     */
    NOTHING_ELSE_THAN_A_FILE,
    DIRECTORY,
    SYMLINK,
    /** The objects that may have user extended attributes. */
    FILE_OR_DIRECTORY
  }

  /** An argument that a test may replace. */
  enum Varied {
    STATEID,
    NAME,
    XATTR_NAME
  }

  /** Creates the operation. */
  @FunctionalInterface
  interface Maker {
    /** Creates the operation with this stateid and this name, as far as it has them. */
    NfsArgop4 make(ErrorLab lab, Stateid4 stateid, Opaque name);
  }

  /** Returns the operation with valid arguments. */
  NfsArgop4 make(ErrorLab lab) {
    return arm.make(lab, lab.open, usualName());
  }

  NfsArgop4 make(ErrorLab lab, Stateid4 stateid) {
    return arm.make(lab, stateid, usualName());
  }

  NfsArgop4 make(ErrorLab lab, Opaque name) {
    return arm.make(lab, lab.open, name);
  }

  private Opaque usualName() {
    return switch (operation) {
      case OP_CREATE, OP_LINK -> Opaque.ofUtf8("fresh");
      default -> Opaque.ofUtf8(varied.contains(Varied.XATTR_NAME) ? "there" : "file");
    };
  }

  /** Returns whether this server implements the operation. */
  boolean isServed() {
    return SERVED.find(operation) != null || operation == NfsOpnum4.OP_SEQUENCE;
  }

  boolean needsFilehandle() {
    return on != On.NOTHING;
  }

  /** Returns whether the operation may be the only one of a COMPOUND. */
  boolean needsNoSession() {
    return switch (operation) {
      case OP_EXCHANGE_ID,
          OP_CREATE_SESSION,
          OP_BIND_CONN_TO_SESSION,
          OP_DESTROY_SESSION,
          OP_DESTROY_CLIENTID,
          OP_SEQUENCE ->
          true;
      default -> false;
    };
  }

  /**
   * Returns the encoders of a COMPOUND: the SEQUENCE, the operations that set filehandles, and this
   * operation.
   */
  List<Consumer<XdrWriter>> compound(NfsArgop4 sequence, List<NfsArgop4> before, NfsArgop4 last) {
    List<Consumer<XdrWriter>> all = new ArrayList<>();
    all.add(sequence::encode);
    before.forEach(one -> all.add(one::encode));
    all.add(last::encode);
    return all;
  }

  /** Returns the operation's name in the RFC. */
  String name() {
    return operation.name().substring(3);
  }

  @Override
  public String toString() {
    return name();
  }
}
