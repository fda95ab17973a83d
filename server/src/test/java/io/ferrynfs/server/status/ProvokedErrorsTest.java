package io.ferrynfs.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.storage.Status;
import io.ferrynfs.storage.testkit.faults.Operation;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The result of each operation when something around it fails: the disk, the encoding, the session,
 * the position in the COMPOUND, the minor version or the time. RFC 8881 sections 2.10.6, 15.1 and
 * 15.2.
 */
class ProvokedErrorsTest {
  private static final int OPERATIONS_MAX = 32;
  private static final int SMALL_REPLY_BYTES = 512;
  private static final int RPC_HEADER_BYTES = 24;

  private static Stream<DynamicTest> each(
      Predicate<OperationSample> filter, String description, Consumer<OperationSample> test) {
    return OperationSamples.ALL.stream()
        .filter(filter)
        .map(sample ->
            DynamicTest.dynamicTest(sample.name() + description, () -> test.accept(sample)));
  }

  private static NfsArgop4[] with(List<NfsArgop4> before, NfsArgop4 last) {
    List<NfsArgop4> all = new ArrayList<>(before);
    all.add(last);
    return all.toArray(new NfsArgop4[0]);
  }

  private static Compound4Res callAnonymously(ErrorLab lab, OperationSample sample) {
    return WholeReply.of(
        lab.client.postCall(
            with(lab.at(sample.saved(), sample.current()), sample.make(lab, Stateids.ANONYMOUS))));
  }

  private static Compound4Res call(ErrorLab lab, OperationSample sample) {
    return WholeReply.of(
        lab.client.postCall(with(lab.at(sample.saved(), sample.current()), sample.make(lab))));
  }

  private static Nfsstat4 valid(OperationSample sample, Nfsstat4 status) {
    return ValidErrors.constrain(sample.operation(), status);
  }

  // RFC 8881 sections 15.1.1, 15.1.4
  @TestFactory
  Stream<DynamicTest> failingDisk() {
    return each(
        sample -> true,
        " returns a valid status for each failure of the volume and works afterwards",
        sample -> {
          for (Operation fault : faults(sample)) {
            ErrorLab lab = new ErrorLab();
            int open = lab.filesOpen();
            Set<Status> workedAround = workedAround(sample, fault);
            for (Status status : Status.values()) {
              Nfsstat4 answered = callWithFault(lab, sample, fault, status);
              if (!workedAround.contains(status)) {
                assertThat(answered)
                    .as("%s of %s", status, fault)
                    .isEqualTo(valid(sample, StatusMap.of(status)));
              }
              assertThat(lab.filesOpen()).as("open files").isEqualTo(open);
            }
            if (workedAround.isEmpty()) {
              assertThat(call(lab, sample).status())
                  .as("after the end of failures of %s", fault)
                  .isEqualTo(call(new ErrorLab(), sample).status());
            }
          }
        });
  }

  private static Nfsstat4 callWithFault(
      ErrorLab lab, OperationSample sample, Operation fault, Status status) {
    List<NfsArgop4> before = lab.at(sample.saved(), sample.current());
    lab.plan.failAll(fault, status);
    Compound4Res res = WholeReply.of(lab.client.postCall(with(before, sample.make(lab))));
    lab.plan.heal();
    assertThat(res.resarray()).hasSize(before.size() + 2);
    return res.status();
  }

  /** Returns the failures that the server works around or reports as another status. */
  private static Set<Status> workedAround(OperationSample sample, Operation fault) {
    return switch (sample.operation()) {
      case OP_COPY ->
          switch (fault) {
            // The server copies, or reads and writes, instead; and only as far as space permits.
            case CLONE_RANGE ->
                EnumSet.of(
                    Status.CROSS_DEVICE,
                    Status.NOT_SUPPORTED,
                    Status.INVALID,
                    Status.NO_SPACE,
                    Status.QUOTA);
            case COPY_RANGE -> EnumSet.of(Status.CROSS_DEVICE, Status.NOT_SUPPORTED);
            default -> EnumSet.noneOf(Status.class);
          };
      case OP_REMOVE, OP_RENAME ->
          switch (fault) {
            // They only check whether the file that would be removed is open.
            case LOOKUP -> EnumSet.allOf(Status.class);
            // RFC 8881 section 18.26.3: a target that cannot be replaced is EXIST.
            case RENAME -> EnumSet.of(Status.NOT_DIRECTORY, Status.IS_DIRECTORY, Status.NOT_EMPTY);
            default -> EnumSet.noneOf(Status.class);
          };
      // An unreadable entry is omitted or listed with rdattr_error.
      case OP_READDIR ->
          fault == Operation.ENTRY ? EnumSet.allOf(Status.class) : EnumSet.noneOf(Status.class);
      default -> EnumSet.noneOf(Status.class);
    };
  }

  /** Returns the calls on the volume that an operation makes when it succeeds. */
  private static List<Operation> faults(OperationSample sample) {
    ErrorLab lab = new ErrorLab();
    Map<Operation, Long> before = new EnumMap<>(Operation.class);
    for (Operation operation : Operation.values()) {
      before.put(operation, lab.plan.calls(operation));
    }
    call(lab, sample);
    return Stream.of(Operation.values())
        .filter(operation -> lab.plan.calls(operation) > before.getOrDefault(operation, 0L))
        .toList();
  }

  // RFC 8881 sections 15.1.1.1, 16.2.3
  @TestFactory
  Stream<DynamicTest> truncatedArguments() {
    return each(
        sample -> sample.operation() != NfsOpnum4.OP_ILLEGAL,
        " with truncated arguments returns BADXDR after the operations before it",
        sample -> {
          ErrorLab lab = new ErrorLab();
          XdrWriter whole = new XdrWriter();
          sample.make(lab).encode(whole);
          byte[] bytes = whole.toByteArray();
          List<NfsArgop4> before = lab.at(sample.saved(), sample.current());
          for (int cut = 0; cut < bytes.length; cut += Integer.BYTES) {
            byte[] part = Arrays.copyOf(bytes, cut);
            int slotUse = 1 + cut / Integer.BYTES;
            CallReply answer =
                lab.send(
                    2,
                    before.size() + 2,
                    out -> {
                      lab.client.sequence(1, slotUse, false).encode(out);
                      before.forEach(one -> one.encode(out));
                      out.writeFixedOpaque(Opaque.of(part), part.length);
                    });
            Compound4Res res = WholeReply.of(answer);
            assertThat(res.resarray()).as("cut at %d", cut).hasSize(before.size() + 2);
            NfsResop4 last = res.resarray().getLast();
            assertThat(last.resop())
                .isEqualTo(cut == 0 ? NfsOpnum4.OP_ILLEGAL : sample.operation());
            assertThat(last.status())
                .as("cut at %d", cut)
                .isEqualTo(cut == 0 ? Nfsstat4.NFS4ERR_BADXDR : truncated(sample));
          }
        });
  }

  /**
   * Returns the status for truncated arguments; some operations fail before their arguments are
   * decoded.
   */
  private static Nfsstat4 truncated(OperationSample sample) {
    return switch (sample.operation()) {
      case OP_SEQUENCE -> Nfsstat4.NFS4ERR_SEQUENCE_POS;
      case OP_BIND_CONN_TO_SESSION -> Nfsstat4.NFS4ERR_NOT_ONLY_OP;
      default ->
          valid(sample, sample.isServed() ? Nfsstat4.NFS4ERR_BADXDR : Nfsstat4.NFS4ERR_NOTSUPP);
    };
  }

  // RFC 8881 sections 15.1.11.2, 18.46.3
  @TestFactory
  Stream<DynamicTest> missingSequence() {
    return each(
        sample -> !sample.needsNoSession() && sample.operation() != NfsOpnum4.OP_ILLEGAL,
        " without a SEQUENCE returns OP_NOT_IN_SESSION",
        sample -> {
          ErrorLab lab = new ErrorLab();
          Compound4Res res = WholeReply.of(lab.client.post(sample.make(lab)));
          assertThat(res.resarray()).hasSize(1);
          assertThat(res.status()).isEqualTo(valid(sample, Nfsstat4.NFS4ERR_OP_NOT_IN_SESSION));
        });
  }

  // RFC 8881 section 15.1.11.2: NOT_ONLY_OP
  @TestFactory
  Stream<DynamicTest> operationThatMustBeAlone() {
    return each(
        sample -> sample.needsNoSession() && sample.operation() != NfsOpnum4.OP_SEQUENCE,
        " without a SEQUENCE must be the only operation",
        sample -> {
          ErrorLab lab = new ErrorLab();
          Compound4Res res = WholeReply.of(lab.client.post(sample.make(lab), Ops.putrootfh()));
          assertThat(res.resarray()).hasSize(1);
          assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_NOT_ONLY_OP);
        });
  }

  // RFC 8881 sections 2.10.6.4, 15.1.10.2
  @TestFactory
  Stream<DynamicTest> tooManyOperations() {
    return each(
        sample -> sample.operation() != NfsOpnum4.OP_ILLEGAL,
        " more often than the session allows fails in SEQUENCE",
        sample -> {
          ErrorLab lab = new ErrorLab();
          NfsArgop4[] many = new NfsArgop4[OPERATIONS_MAX];
          Arrays.fill(many, sample.make(lab));
          assertThat(sequenceStatus(lab, many)).isEqualTo(Nfsstat4.NFS4ERR_TOO_MANY_OPS);
        });
  }

  // RFC 8881 section 2.10.6.4
  @TestFactory
  Stream<DynamicTest> requestTooBig() {
    return each(
        sample -> sample.operation() != NfsOpnum4.OP_ILLEGAL,
        " in a request larger than the session allows fails in SEQUENCE",
        sample -> {
          ErrorLab lab = new ErrorLab(RawClient.channel(SMALL_REPLY_BYTES, 0, OPERATIONS_MAX, 4));
          NfsArgop4[] many = new NfsArgop4[OPERATIONS_MAX - 1];
          Arrays.fill(many, Ops.putfh(lab.filehandle(ObjectKind.FILE)));
          many[many.length - 1] = sample.make(lab);
          assertThat(sequenceStatus(lab, many)).isEqualTo(Nfsstat4.NFS4ERR_REQ_TOO_BIG);
        });
  }

  private static Nfsstat4 sequenceStatus(ErrorLab lab, NfsArgop4... operations) {
    Compound4Res res =
        WholeReply.of(lab.client.post(RawClient.in(lab.client.sequence(1, 1, false), operations)));
    assertThat(res.resarray()).hasSize(1);
    return res.status();
  }

  // RFC 8881 section 2.10.6.4
  @TestFactory
  Stream<DynamicTest> replyTooBig() {
    return each(
        sample -> sample.operation() != NfsOpnum4.OP_DESTROY_SESSION,
        " fails if its result, or an earlier one, is too long for the session",
        sample -> {
          for (boolean keep : new boolean[] {false, true}) {
            int kept = keep ? SMALL_REPLY_BYTES / 2 : 0;
            ErrorLab lab =
                new ErrorLab(
                    new ChannelAttrs4(
                        0, 1 << 16, SMALL_REPLY_BYTES, kept, OPERATIONS_MAX, 16, null));
            for (int fillers = 0; fillers < 12; fillers++) {
              assertFits(lab, sample, fillers, keep);
            }
          }
        });
  }

  private static void assertFits(ErrorLab lab, OperationSample sample, int fillers, boolean keep) {
    List<NfsArgop4> before = new ArrayList<>();
    before.add(Ops.putrootfh());
    for (int i = 0; i < fillers; i++) {
      before.add(Ops.getfh());
    }
    before.addAll(lab.at(sample.saved(), sample.current()));
    CallReply answer =
        lab.client.post(
            RawClient.in(
                lab.client.sequence(fillers + 1, 1, keep), with(before, sample.make(lab))));
    Compound4Res res = WholeReply.of(answer);
    int bytesMax = keep ? SMALL_REPLY_BYTES / 2 : SMALL_REPLY_BYTES;
    assertThat(answer.results().size()).isLessThanOrEqualTo(bytesMax - RPC_HEADER_BYTES);
    if (res.resarray().size() <= before.size() + 1) {
      assertThat(res.status())
          .isEqualTo(keep ? Nfsstat4.NFS4ERR_REP_TOO_BIG_TO_CACHE : Nfsstat4.NFS4ERR_REP_TOO_BIG);
    }
  }

  // RFC 8881 section 2.10.6.1.3
  @TestFactory
  Stream<DynamicTest> uncachedReply() {
    return each(
        sample -> sample.operation() != NfsOpnum4.OP_ILLEGAL,
        " retried after an uncached reply returns RETRY_UNCACHED_REP",
        sample -> {
          ErrorLab lab = new ErrorLab();
          lab.client.onConnection(lab.server.connect());
          NfsArgop4[] request = {lab.client.sequence(1, 1, false), sample.make(lab)};
          WholeReply.of(lab.client.post(request));
          Compound4Res res = WholeReply.of(lab.client.post(request));
          if (sample.operation() == NfsOpnum4.OP_DESTROY_SESSION) {
            assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
          } else {
            assertThat(res.resarray()).hasSize(2);
            assertThat(res.status()).isEqualTo(valid(sample, Nfsstat4.NFS4ERR_RETRY_UNCACHED_REP));
          }
        });
  }

  // RFC 8881 sections 16.2.3, 18.52; RFC 7862 section 13; RFC 8178 section 8.2
  @TestFactory
  Stream<DynamicTest> otherMinorVersions() {
    return each(
        sample -> sample.operation() != NfsOpnum4.OP_ILLEGAL,
        " exists only in its minor versions",
        sample -> {
          for (int minor : new int[] {0, 1, 3}) {
            ErrorLab lab = new ErrorLab();
            lab.client.minorVersion(minor);
            Compound4Res res = call(lab, sample);
            if (minor != 1) {
              assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_MINOR_VERS_MISMATCH);
              assertThat(res.resarray()).isEmpty();
            } else if (sample.operation().value() > NfsOpnum4.OP_RECLAIM_COMPLETE.value()) {
              assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_OP_ILLEGAL);
              assertThat(res.resarray().getLast().resop()).isEqualTo(NfsOpnum4.OP_ILLEGAL);
            } else {
              assertThat(res.status()).isNotEqualTo(Nfsstat4.NFS4ERR_OP_ILLEGAL);
            }
          }
        });
  }

  // RFC 8881 sections 15.1.9.1, 8.4.2.1
  @TestFactory
  Stream<DynamicTest> gracePeriod() {
    return each(
        sample -> true,
        " in the grace period returns GRACE if it could conflict with state to be reclaimed",
        sample -> {
          ErrorLab lab = ErrorLab.inGracePeriod();
          Compound4Res res = callAnonymously(lab, sample);
          boolean waits =
              switch (sample.operation()) {
                case OP_OPEN, OP_REMOVE, OP_RENAME, OP_READ, OP_WRITE, OP_COPY -> true;
                default -> false;
              };
          if (waits) {
            assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_GRACE);
          }
        });
  }

  // RFC 8881 section 15.1.6
  @TestFactory
  Stream<DynamicTest> missingPermission() {
    return each(
        sample -> true,
        " by a user without permission returns a valid status",
        sample -> {
          ErrorLab lab = new ErrorLab();
          lab.client.as(RawClient.user(2000));
          Compound4Res res = callAnonymously(lab, sample);
          Nfsstat4 expected =
              switch (sample.operation()) {
                case OP_CREATE,
                    OP_LINK,
                    OP_RENAME,
                    OP_REMOVE,
                    OP_WRITE,
                    OP_ALLOCATE,
                    OP_DEALLOCATE,
                    OP_SETXATTR,
                    OP_REMOVEXATTR ->
                    Nfsstat4.NFS4ERR_ACCESS;
                case OP_SETATTR -> Nfsstat4.NFS4ERR_PERM;
                default -> res.status();
              };
          assertThat(res.status()).isEqualTo(expected);
        });
  }
}
