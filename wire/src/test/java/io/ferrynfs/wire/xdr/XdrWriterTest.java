package io.ferrynfs.wire.xdr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class XdrWriterTest {
  private static BufferPayload bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return BufferPayload.of(bytes);
  }

  private static String hex(XdrWriter out) {
    return out.toOpaque().toHex();
  }

  @Test
  void valuesAreBigEndianAndPaddedWithZeros() {
    var out = new XdrWriter();
    out.writeInt(-2);
    out.writeUint32(0xffffffffL);
    out.writeLong(1);
    out.writeBoolean(true);
    out.writeOpaque(Opaque.ofUtf8("abc"), 3);
    out.writeFixedOpaque(Opaque.ofUtf8("abcde"), 5);
    assertThat(hex(out))
        .isEqualTo(
            "fffffffe"
                + "ffffffff"
                + "0000000000000001"
                + "00000001"
                + "0000000361626300"
                + "6162636465000000");
  }

  @Test
  void appendedMessageBecomesPartOfTheFirst() {
    var results = new XdrWriter(8);
    results.writeInt(2);
    int reserved = results.reserveInt();
    results.writePayload(bytes(7, 8, 9), 3);
    results.writeInt(4);
    var message = new XdrWriter(8);
    message.writeInt(1);
    results.patchInt(reserved, 3);
    message.append(results);
    message.writeInt(5);
    assertThat(message.size()).isEqualTo(28);
    assertThat(hex(message))
        .isEqualTo(
            "00000001" + "00000002" + "00000003" + "0000000307080900" + "00000004" + "00000005");
    message.truncate(12);
    message.writeInt(6);
    assertThat(hex(message)).isEqualTo("00000001" + "00000002" + "00000003" + "00000006");
  }

  @Test
  void messageWithoutPayloadIsCopiedWholeEvenAfterAppend() {
    var message = new XdrWriter(8);
    message.writeInt(1);
    var results = new XdrWriter(8);
    results.writeLong(2);
    results.writeLong(3);
    message.append(results);
    ByteBuffer target = ByteBuffer.allocate(message.size());
    assertThat(message.copyTo(target, 0)).isTrue();
    assertThat(Opaque.of(target).toHex())
        .isEqualTo("00000001" + "0000000000000002" + "0000000000000003");
  }

  @Test
  void valueOutsideTheSchemaIsRejected() {
    var out = new XdrWriter();
    Opaque two = Opaque.ofUtf8("ab");
    assertThatIllegalArgumentException().isThrownBy(() -> out.writeUint32(-1));
    assertThatIllegalArgumentException().isThrownBy(() -> out.writeUint32(1L << 32));
    assertThatIllegalArgumentException().isThrownBy(() -> out.writeOpaque(two, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> out.writeFixedOpaque(two, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> out.writePayload(bytes(1, 2), 1));
    List<Integer> items = List.of(1, 2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> out.writeList(items, 1, (item, to) -> to.writeInt(item)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> out.writeLinkedList(items, 1, (item, to) -> to.writeInt(item)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> out.writeFixedList(items, 3, (item, to) -> to.writeInt(item)));
    assertThat(out.size()).isZero();
  }

  @Test
  void payloadIsPassedOnWithoutACopy() {
    var out = new XdrWriter();
    BufferPayload payload = bytes(1, 2, 3);
    out.writeInt(9);
    out.writePayload(payload, 10);
    out.writeInt(8);
    assertThat(out.size()).isEqualTo(4 + 4 + 3 + 1 + 4);
    assertThat(out.segments())
        .containsExactly(bytes(0, 0, 0, 9, 0, 0, 0, 3), payload, bytes(0, 0, 0, 0, 8));
    assertThat(out.segments().get(1)).isSameAs(payload);
  }

  @Test
  void emptyPayloadHasNoSegment() {
    var out = new XdrWriter();
    out.writePayload(BufferPayload.EMPTY, 10);
    assertThat(out.segments()).containsExactly(bytes(0, 0, 0, 0));
  }

  @Test
  void reservedIntegerIsPatchedAcrossPayloads() {
    var out = new XdrWriter();
    int first = out.reserveInt();
    out.writePayload(bytes(1, 2, 3, 4), 4);
    int second = out.reserveInt();
    out.patchInt(first, 0x11);
    out.patchInt(second, 0x22);
    assertThat(hex(out)).isEqualTo("00000011" + "00000004" + "01020304" + "00000022");
    assertThatIllegalArgumentException().isThrownBy(() -> out.patchInt(8, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> out.patchInt(14, 1));
  }

  @Test
  void truncateReleasesDiscardedPayloads() {
    var released = new AtomicInteger();
    Payload payload =
        new Payload() {
          @Override
          public int length() {
            return 4;
          }

          @Override
          public ByteBuffer bytes() {
            return ByteBuffer.allocate(4);
          }

          @Override
          public void release() {
            released.incrementAndGet();
          }
        };
    var out = new XdrWriter();
    out.writeInt(1);
    int mark = out.size();
    out.writePayload(payload, 4);
    out.writeInt(2);
    out.truncate(mark);
    out.writeInt(3);
    assertThat(hex(out)).isEqualTo("00000001" + "00000003");
    assertThat(released).hasValue(1);
  }

  @Test
  void truncateKeepsTheBytesBeforeTheNewEnd() {
    var out = new XdrWriter();
    out.writePayload(bytes(7, 7, 7, 7), 4);
    int mark = out.size();
    out.writeInt(2);
    out.writePayload(bytes(8, 8, 8, 8), 4);
    out.truncate(mark);
    assertThat(hex(out)).isEqualTo("0000000407070707");
    assertThatIllegalArgumentException().isThrownBy(() -> out.truncate(6));
    assertThatIllegalArgumentException().isThrownBy(() -> out.truncate(mark + 1));
  }

  /** Compares a writer with a byte array under random operations. */
  @Test
  void randomWritesAgreeWithAByteArray() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      var out = new XdrWriter(8);
      byte[] model = new byte[1 << 20];
      int size = 0;
      int mark = 0;
      for (int step = 0; step < 100; step++) {
        switch (random.nextInt(6)) {
          case 0 -> {
            int value = random.nextInt();
            ByteBuffer.wrap(model).putInt(size, value);
            int at = out.reserveInt();
            out.patchInt(at, value);
            size += 4;
          }
          case 1, 2 -> {
            byte[] some = new byte[random.nextInt(1500)];
            random.nextBytes(some);
            Arrays.fill(model, size, size + some.length + 4, (byte) 0);
            System.arraycopy(some, 0, model, size, some.length);
            out.writeFixedOpaque(Opaque.of(some), some.length);
            size += (some.length + 3) & ~3;
          }
          case 3 -> {
            byte[] some = new byte[random.nextInt(200)];
            random.nextBytes(some);
            System.arraycopy(some, 0, model, size, some.length);
            out.payload(BufferPayload.of(some));
            size += some.length;
          }
          case 4 -> mark = size;
          default -> {
            mark = Math.min(mark, size);
            out.truncate(mark);
            size = mark;
          }
        }
      }
      assertThat(out.size()).as("seed %d", seed).isEqualTo(size);
      assertThat(out.toByteArray()).as("seed %d", seed).isEqualTo(Arrays.copyOf(model, size));
    }
  }
}
