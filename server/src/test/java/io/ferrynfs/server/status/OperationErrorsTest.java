package io.ferrynfs.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.status.OperationSample.Varied;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The result of each operation for arguments that are invalid by themselves: RFC 8881 sections 15.1
 * and 15.2, RFC 7862 section 11, RFC 8276 section 8.4.5. {@link WholeReply} checks every reply.
 */
class OperationErrorsTest {
  private static final Opaque NO_STATEID = Opaque.ofUtf8("nobody's one");

  /** Operations whose stateid is their object and not the access to a file. */
  private static final Set<NfsOpnum4> OF_STATE =
      EnumSet.of(
          NfsOpnum4.OP_CLOSE,
          NfsOpnum4.OP_OPEN_DOWNGRADE,
          NfsOpnum4.OP_DELEGRETURN,
          NfsOpnum4.OP_FREE_STATEID,
          NfsOpnum4.OP_OFFLOAD_CANCEL,
          NfsOpnum4.OP_OFFLOAD_STATUS);

  /** Operations for stateids of other kinds than opens. */
  private static final Set<NfsOpnum4> NOT_OF_OPENS =
      EnumSet.of(
          NfsOpnum4.OP_LOCKU,
          NfsOpnum4.OP_DELEGRETURN,
          NfsOpnum4.OP_OFFLOAD_CANCEL,
          NfsOpnum4.OP_OFFLOAD_STATUS);

  private static Stream<DynamicTest> each(
      Function<OperationSample, Boolean> filter,
      String description,
      java.util.function.Consumer<OperationSample> test) {
    return OperationSamples.ALL.stream()
        .filter(filter::apply)
        .map(sample ->
            DynamicTest.dynamicTest(sample.name() + description, () -> test.accept(sample)));
  }

  /** Returns the status of the last operation; all the others must succeed. */
  private static Nfsstat4 status(ErrorLab lab, List<NfsArgop4> before, NfsArgop4 last) {
    List<NfsArgop4> all = new ArrayList<>(before);
    all.add(last);
    Compound4Res res = WholeReply.of(lab.client.postCall(all.toArray(new NfsArgop4[0])));
    assertThat(res.resarray()).as("executed: %s", res).hasSize(all.size() + 1);
    return res.status();
  }

  /**
   * Returns the expected status of an operation, or NOTSUPP if the server does not implement it.
   */
  private static Nfsstat4 expected(OperationSample sample, Nfsstat4 status) {
    return ValidErrors.constrain(
        sample.operation(), sample.isServed() ? status : Nfsstat4.NFS4ERR_NOTSUPP);
  }

  @Test
  void everyOperationOfTheTableHasASample() {
    assertThat(OperationSamples.ALL)
        .extracting(OperationSample::operation)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(NfsOpnum4.values())
                .filter(operation -> !ValidErrors.of(operation).isEmpty())
                .toList());
  }

  // RFC 8881 section 15.2: a sample that fails by itself would prove nothing.
  @TestFactory
  Stream<DynamicTest> validArguments() {
    Map<NfsOpnum4, Nfsstat4> others =
        Map.of(
            NfsOpnum4.OP_SEQUENCE, Nfsstat4.NFS4ERR_SEQUENCE_POS,
            NfsOpnum4.OP_BIND_CONN_TO_SESSION, Nfsstat4.NFS4ERR_NOT_ONLY_OP,
            NfsOpnum4.OP_VERIFY, Nfsstat4.NFS4ERR_NOT_SAME,
            NfsOpnum4.OP_RECLAIM_COMPLETE, Nfsstat4.NFS4ERR_COMPLETE_ALREADY,
            NfsOpnum4.OP_DESTROY_CLIENTID, Nfsstat4.NFS4ERR_CLIENTID_BUSY,
            NfsOpnum4.OP_SET_SSV, Nfsstat4.NFS4ERR_INVAL,
            NfsOpnum4.OP_FREE_STATEID, Nfsstat4.NFS4ERR_LOCKS_HELD,
            NfsOpnum4.OP_ILLEGAL, Nfsstat4.NFS4ERR_OP_ILLEGAL);
    return each(
        sample -> true,
        " with valid arguments returns the expected status",
        sample -> {
          ErrorLab lab = new ErrorLab();
          Nfsstat4 usual =
              NOT_OF_OPENS.contains(sample.operation())
                  ? Nfsstat4.NFS4ERR_BAD_STATEID
                  : others.getOrDefault(sample.operation(), Nfsstat4.NFS4_OK);
          Nfsstat4 expected =
              sample.operation() == NfsOpnum4.OP_ILLEGAL ? usual : expected(sample, usual);
          assertThat(status(lab, lab.at(sample.saved(), sample.current()), sample.make(lab)))
              .isEqualTo(expected);
        });
  }

  // RFC 8881 section 15.1.2.5
  @TestFactory
  Stream<DynamicTest> missingCurrentFilehandle() {
    return each(
        OperationSample::needsFilehandle,
        " without a current filehandle returns NOFILEHANDLE",
        sample -> {
          ErrorLab lab = new ErrorLab();
          assertThat(status(lab, List.of(), sample.make(lab)))
              .isEqualTo(expected(sample, Nfsstat4.NFS4ERR_NOFILEHANDLE));
        });
  }

  // RFC 8881 section 15.1.2.5
  @TestFactory
  Stream<DynamicTest> missingSavedFilehandle() {
    return each(
        sample -> sample.saved() != ObjectKind.NONE,
        " without a saved filehandle returns NOFILEHANDLE",
        sample -> {
          ErrorLab lab = new ErrorLab();
          assertThat(status(lab, lab.at(ObjectKind.NONE, sample.current()), sample.make(lab)))
              .isEqualTo(expected(sample, Nfsstat4.NFS4ERR_NOFILEHANDLE));
        });
  }

  // RFC 8881 sections 15.1.2.7 to 15.1.2.9 and 15.1.9.3
  @TestFactory
  Stream<DynamicTest> wrongObjectType() {
    return each(
        OperationSample::needsFilehandle,
        " on an object of another type returns the error of that type",
        sample -> {
          ErrorLab lab = new ErrorLab();
          for (ObjectKind place : ObjectKind.OBJECTS) {
            NfsArgop4 arm =
                OF_STATE.contains(sample.operation())
                    ? sample.make(lab)
                    : sample.make(lab, Stateids.ANONYMOUS);
            Nfsstat4 wrong = wrong(sample, place);
            if (sample.current() != ObjectKind.NONE && wrong != Nfsstat4.NFS4_OK) {
              assertThat(status(lab, lab.at(sample.saved(), place), arm))
                  .as(place.name())
                  .isEqualTo(expected(sample, wrong));
            }
          }
        });
  }

  private static Nfsstat4 wrong(OperationSample sample, ObjectKind place) {
    if (OF_STATE.contains(sample.operation())) {
      return place == ObjectKind.FILE ? Nfsstat4.NFS4_OK : Nfsstat4.NFS4ERR_BAD_STATEID;
    }
    return switch (sample.on()) {
      case NOTHING, ANY -> Nfsstat4.NFS4_OK;
      case REGULAR_FILE ->
          switch (place) {
            case FILE -> Nfsstat4.NFS4_OK;
            case DIRECTORY -> Nfsstat4.NFS4ERR_ISDIR;
            case SYMLINK -> Nfsstat4.NFS4ERR_SYMLINK;
            default -> Nfsstat4.NFS4ERR_WRONG_TYPE;
          };
      case NOTHING_ELSE_THAN_A_FILE ->
          place == ObjectKind.FILE ? Nfsstat4.NFS4_OK : Nfsstat4.NFS4ERR_WRONG_TYPE;
      case DIRECTORY ->
          switch (place) {
            case DIRECTORY -> Nfsstat4.NFS4_OK;
            case SYMLINK -> Nfsstat4.NFS4ERR_SYMLINK;
            default -> Nfsstat4.NFS4ERR_NOTDIR;
          };
      case SYMLINK -> place == ObjectKind.SYMLINK ? Nfsstat4.NFS4_OK : Nfsstat4.NFS4ERR_WRONG_TYPE;
      case FILE_OR_DIRECTORY -> Nfsstat4.NFS4_OK;
    };
  }

  // RFC 8881 section 15.1.2.10
  @TestFactory
  Stream<DynamicTest> removedObject() {
    return each(
        sample -> sample.needsFilehandle() && sample.current() != ObjectKind.NONE,
        " on a removed file returns STALE",
        sample -> {
          ErrorLab lab = new ErrorLab();
          List<NfsArgop4> all = new ArrayList<>(lab.at(sample.saved(), ObjectKind.GONE));
          all.add(sample.make(lab, Stateids.ANONYMOUS));
          Compound4Res res = WholeReply.of(lab.client.postCall(all.toArray(new NfsArgop4[0])));
          boolean known = sample.isServed() && !keepsHandleOnly(sample);
          if (known || res.resarray().size() <= all.size()) {
            assertThat(res.status())
                .isIn(Nfsstat4.NFS4ERR_STALE, expected(sample, Nfsstat4.NFS4ERR_STALE));
          }
        });
  }

  /** Returns whether an operation does not access the object. */
  private static boolean keepsHandleOnly(OperationSample sample) {
    return OF_STATE.contains(sample.operation())
        || sample.operation() == NfsOpnum4.OP_GETFH
        || sample.operation() == NfsOpnum4.OP_SAVEFH;
  }

  // RFC 8881 sections 8.2.4, 15.1.5.2, 15.1.5.5
  @TestFactory
  Stream<DynamicTest> invalidStateid() {
    return each(
        sample -> sample.varied().contains(Varied.STATEID),
        " with an invalid stateid returns BAD_STATEID or OLD_STATEID",
        sample -> {
          ErrorLab lab = new ErrorLab();
          Map<Stateid4, Nfsstat4> wrong = new LinkedHashMap<>();
          wrong.put(new Stateid4(1, NO_STATEID), Nfsstat4.NFS4ERR_BAD_STATEID);
          wrong.put(new Stateid4(0, NO_STATEID), Nfsstat4.NFS4ERR_BAD_STATEID);
          wrong.put(lab.openOfAnother, Nfsstat4.NFS4ERR_BAD_STATEID);
          wrong.put(Stateids.CURRENT, Nfsstat4.NFS4ERR_BAD_STATEID);
          wrong.put(Stateids.INVALID, Nfsstat4.NFS4ERR_BAD_STATEID);
          wrong.put(new Stateid4(9, lab.open.other()), Nfsstat4.NFS4ERR_BAD_STATEID);
          wrong.put(
              lab.openOld,
              NOT_OF_OPENS.contains(sample.operation())
                  ? Nfsstat4.NFS4ERR_BAD_STATEID
                  : Nfsstat4.NFS4ERR_OLD_STATEID);
          wrong.forEach((stateid, status) ->
              assertThat(
                      status(
                          lab, lab.at(sample.saved(), sample.current()), sample.make(lab, stateid)))
                  .as(stateid.toString())
                  .isEqualTo(expected(sample, status)));
        });
  }

  // RFC 8881 section 8.2.4
  @TestFactory
  Stream<DynamicTest> stateidOfAnotherFile() {
    return each(
        sample -> sample.varied().contains(Varied.STATEID) && sample.current() != ObjectKind.NONE,
        " with a stateid of another file returns BAD_STATEID",
        sample -> {
          ErrorLab lab = new ErrorLab();
          List<NfsArgop4> before = new ArrayList<>(lab.at(sample.saved(), ObjectKind.DIRECTORY));
          before.add(Ops.open("maker", "other", Ops.READ, Ops.NONE));
          assertThat(status(lab, before, sample.make(lab)))
              .isEqualTo(expected(sample, Nfsstat4.NFS4ERR_BAD_STATEID));
        });
  }

  // RFC 8881 sections 15.1.3 and 14.4
  @TestFactory
  Stream<DynamicTest> invalidName() {
    Map<Opaque, Nfsstat4> names = new LinkedHashMap<>();
    names.put(Opaque.EMPTY, Nfsstat4.NFS4ERR_INVAL);
    names.put(Opaque.ofUtf8("."), Nfsstat4.NFS4ERR_BADNAME);
    names.put(Opaque.ofUtf8(".."), Nfsstat4.NFS4ERR_BADNAME);
    names.put(Opaque.ofUtf8("a/b"), Nfsstat4.NFS4ERR_BADCHAR);
    names.put(Opaque.ofUtf8("a\0b"), Nfsstat4.NFS4ERR_BADCHAR);
    names.put(Opaque.ofUtf8("x".repeat(256)), Nfsstat4.NFS4ERR_NAMETOOLONG);
    return each(
        sample -> sample.varied().contains(Varied.NAME),
        " with an invalid name returns the error of that name",
        sample ->
            names.forEach((name, status) -> {
              ErrorLab lab = new ErrorLab();
              assertThat(
                      status(lab, lab.at(sample.saved(), sample.current()), sample.make(lab, name)))
                  .as("name %s", name)
                  .isEqualTo(expected(sample, status));
            }));
  }
}
