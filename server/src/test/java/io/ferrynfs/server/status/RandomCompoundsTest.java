package io.ferrynfs.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.server.CourtesyLimits;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * COMPOUNDs of random operations in random order, with some words of their arguments replaced.
 * Every reply is well-formed with valid statuses, and no state is left after the client expires.
 */
class RandomCompoundsTest {
  private static final int COMPOUNDS = 600;
  private static final int OPERATIONS_MAX = 6;
  private static final ChannelAttrs4 FORE = RawClient.channel(1 << 20, 4096, 64, 4);
  private static final List<ObjectKind> PLACES = List.of(ObjectKind.values());
  private static final List<OperationSample> SERVED =
      OperationSamples.ALL.stream().filter(OperationSample::isServed).toList();
  private static final int[] WORDS = {0, 1, 2, 3, 4, 7, 8, 64, 4096, 1 << 20, 0x7fff_ffff, -2, -1};

  // RFC 8881 section 15.2
  @ParameterizedTest(name = "random COMPOUNDs receive valid statuses, seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void randomCompoundsReceiveValidStatuses(long seed) {
    Random random = new Random(seed);
    ErrorLab lab = new ErrorLab(FORE);
    int sequenceid = 0;
    for (int i = 0; i < COMPOUNDS; i++) {
      List<Opaque> operations = operations(lab, random);
      sequenceid++;
      CallReply answer = send(lab, sequenceid, operations);
      if (!answer.isComplete()) {
        lab.server.env().advance(Duration.ofSeconds(30));
      }
      Compound4Res res = WholeReply.of(answer);
      assertThat(res.resarray())
          .as("statuses without SERVERFAULT, in COMPOUND %d: %s", i, res)
          .extracting(NfsResop4::status)
          .doesNotContain(Nfsstat4.NFS4ERR_SERVERFAULT);
      if (res.resarray().getFirst().status() != Nfsstat4.NFS4_OK) {
        // The COMPOUND destroyed its own session.
        assertThat(res.status()).isEqualTo(Nfsstat4.NFS4ERR_BADSESSION);
        lab.client.createSession(lab.client.exchangeId().sequenceid(), FORE);
        sequenceid = 0;
      }
    }
    assertNoStateIsLeft(lab);
  }

  private static void assertNoStateIsLeft(ErrorLab lab) {
    Duration courtesy = Duration.ofSeconds(CourtesyLimits.defaults().seconds());
    for (Duration passed : List.of(Duration.ofSeconds(100), courtesy, Duration.ofSeconds(100))) {
      lab.server.env().advance(passed);
      lab.server.services().clients().reap();
    }
    assertThat(lab.server.services().clients().clientCount()).isZero();
    assertThat(lab.server.services().state().size()).isZero();
    assertThat(lab.filesOpen()).isZero();
  }

  private static CallReply send(ErrorLab lab, int sequenceid, List<Opaque> operations) {
    NfsArgop4 sequence = lab.client.sequence(0, sequenceid, sequenceid % 4 == 0);
    return lab.send(
        2,
        operations.size() + 1,
        out -> {
          sequence.encode(out);
          operations.forEach(one -> out.writeFixedOpaque(one, one.size()));
        });
  }

  private static List<Opaque> operations(ErrorLab lab, Random random) {
    List<Opaque> operations = new ArrayList<>();
    int count = 1 + random.nextInt(OPERATIONS_MAX);
    for (int i = 0; i < count; i++) {
      List<OperationSample> from = random.nextInt(8) == 0 ? OperationSamples.ALL : SERVED;
      OperationSample sample = from.get(random.nextInt(from.size()));
      boolean valid = random.nextInt(3) > 0;
      ObjectKind saved = place(sample.saved(), valid, random);
      ObjectKind current = place(sample.current(), valid, random);
      lab.at(saved, current).forEach(before -> operations.add(encoded(before)));
      operations.add(mutated(encoded(sample.make(lab, stateid(lab, random))), random));
    }
    return operations;
  }

  private static ObjectKind place(ObjectKind required, boolean valid, Random random) {
    return valid ? required : PLACES.get(random.nextInt(PLACES.size()));
  }

  private static Stateid4 stateid(ErrorLab lab, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Stateids.ANONYMOUS;
      case 1 -> Stateids.READ_BYPASS;
      case 2 -> Stateids.CURRENT;
      case 3 -> lab.openOfAnother;
      case 4 -> new Stateid4(0, lab.open.other());
      default -> lab.open;
    };
  }

  private static Opaque encoded(NfsArgop4 operation) {
    XdrWriter out = new XdrWriter();
    operation.encode(out);
    return out.toOpaque();
  }

  /** Returns the operation with up to two words of its arguments replaced. */
  private static Opaque mutated(Opaque operation, Random random) {
    ByteBuffer bytes = ByteBuffer.wrap(operation.toByteArray());
    int words = bytes.capacity() / Integer.BYTES - 1;
    for (int i = random.nextInt(3); i > 0 && words > 0; i--) {
      int at = Integer.BYTES * (1 + random.nextInt(words));
      bytes.putInt(
          at, random.nextBoolean() ? WORDS[random.nextInt(WORDS.length)] : random.nextInt());
    }
    return Opaque.of(bytes.array());
  }
}
