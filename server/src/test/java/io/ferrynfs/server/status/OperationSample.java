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
 * An operation with arguments that are well-formed and make sense: a row of {@link
 * OperationSamples}.
 *
 * @param operation which one
 * @param on what objects it works on
 * @param saved what has to be the saved filehandle
 * @param current what has to be the current filehandle
 * @param varied what of its arguments a test may replace
 * @param arm makes the operation
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

  /** What objects an operation works on. */
  enum On {
    /** It looks at no object. */
    NOTHING,
    /** Whatever it is. */
    ANY,
    REGULAR_FILE,
    /** The same, and all others are of the wrong type alike, as RFC 7862 says of its operations. */
    NOTHING_ELSE_THAN_A_FILE,
    DIRECTORY,
    SYMLINK,
    /** What extended attributes of users may be on. */
    FILE_OR_DIRECTORY
  }

  /** An argument to replace. */
  enum Varied {
    STATEID,
    NAME,
    XATTR_NAME
  }

  /** Makes the operation. */
  @FunctionalInterface
  interface Maker {
    /** With this stateid and this name, where it has one. */
    NfsArgop4 make(ErrorLab lab, Stateid4 stateid, Opaque name);
  }

  /** The operation as it should be. */
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

  /** Whether this server has the operation. */
  boolean isServed() {
    return SERVED.find(operation) != null || operation == NfsOpnum4.OP_SEQUENCE;
  }

  boolean needsFilehandle() {
    return on != On.NOTHING;
  }

  /** Whether a COMPOUND may consist of it alone. */
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

  /** The COMPOUND that sets filehandles and ends with this operation, after a SEQUENCE. */
  List<Consumer<XdrWriter>> compound(NfsArgop4 sequence, List<NfsArgop4> before, NfsArgop4 last) {
    List<Consumer<XdrWriter>> all = new ArrayList<>();
    all.add(sequence::encode);
    before.forEach(one -> all.add(one::encode));
    all.add(last::encode);
    return all;
  }

  /** For people: the RFC's name. */
  String name() {
    return operation.name().substring(3);
  }

  @Override
  public String toString() {
    return name();
  }
}
