package io.ferrynfs.rpc.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.env.RecordReceiver.Placement;
import io.ferrynfs.rpc.testkit.SeededRandom;
import io.ferrynfs.wire.xdr.BufferPayload;
import io.ferrynfs.wire.xdr.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordAssemblerTest {
  private static final StreamLimits LIMITS =
      StreamLimits.DEFAULT.toBuilder()
          .recordBytesMax(4 << 20)
          .fragmentsPerRecordMax(64)
          .partialRecordTimeMax(Duration.ofSeconds(1))
          .contendedRecordTimeMax(Duration.ofSeconds(1))
          .sendStallTimeMax(Duration.ofSeconds(1))
          .build();

  private final BufferPool pool = new BufferPool(64 << 20, 0);
  private final List<byte[]> received = new ArrayList<>();
  private final Receiver receiver = new Receiver();

  /** A sink that fills a buffer, and that may prefer to read. */
  private record TestSink(BulkSink buffer, boolean prefersRead) implements BulkSink {
    @Override
    public int remaining() {
      return buffer.remaining();
    }

    @Override
    public void put(ByteBuffer bytes) throws IOException {
      buffer.put(bytes);
    }

    @Override
    public int read(ReadableByteChannel connection, int bytesMax) throws IOException {
      return buffer.read(connection, bytesMax);
    }
  }

  /** Collects copies of the records, in which placed regions are inserted again. */
  private final class Receiver implements RecordReceiver {
    private final List<TcpRecord> held = new ArrayList<>();
    private IntUnaryOperator placedBytes = length -> 0;
    private int offset = 100;
    private boolean prefersRead;
    private int asked;

    @Override
    public void received(ReceivedRecord record) {
      received.add(whole(record));
      held.add((TcpRecord) record);
    }

    @Override
    public @Nullable Placement place(ByteBuffer prefix, int recordBytes) {
      asked++;
      int length = placedBytes.applyAsInt(recordBytes);
      if (length == 0) {
        return null;
      }
      ByteBuffer target = ByteBuffer.allocateDirect(length);
      return new Placement(
          offset, new TestSink(new BufferSink(target), prefersRead), new BufferPayload(target));
    }

    @Override
    public void closed(IOException cause) {}

    void releaseAll() {
      held.forEach(TcpRecord::release);
      held.clear();
    }
  }

  private static byte[] whole(ReceivedRecord record) {
    ByteBuffer bytes = record.bytes();
    Payload placed = record.placed();
    int length = placed == null ? 0 : placed.length();
    byte[] all = new byte[bytes.remaining() + length];
    int before = placed == null ? bytes.remaining() : record.placedAt();
    bytes.get(0, all, 0, before);
    if (placed != null) {
      placed.bytes().get(all, before, length);
      bytes.get(before, all, before + length, bytes.remaining() - before);
    }
    return all;
  }

  /** A channel whose reads have given sizes. */
  private record Bytes(ByteBuffer from, IntUnaryOperator readSize) implements ReadableByteChannel {
    @Override
    public int read(ByteBuffer into) {
      if (!from.hasRemaining()) {
        return 0;
      }
      int most = Math.min(into.remaining(), from.remaining());
      int count = Math.clamp(readSize.applyAsInt(most), 1, most);
      into.put(from.slice(from.position(), count));
      from.position(from.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private void feed(RecordAssembler assembler, byte[] bytes, IntUnaryOperator readSize)
      throws IOException {
    Bytes channel = new Bytes(ByteBuffer.wrap(bytes), readSize);
    int count;
    do {
      count = assembler.fill(channel, channel);
      assertThat(count).isGreaterThanOrEqualTo(0);
      for (TcpRecord next = assembler.next(receiver);
          next != null;
          next = assembler.next(receiver)) {
        receiver.received(next);
      }
    } while (count > 0);
  }

  private static byte[] fragment(boolean isLast, byte[] content, int from, int length) {
    return ByteBuffer.allocate(4 + length)
        .putInt((isLast ? 0x8000_0000 : 0) | length)
        .put(content, from, length)
        .array();
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] content(int length, int seed) {
    return new SeededRandom(seed).bytes(length);
  }

  @Test
  void recordInOneFragmentIsReceived() throws IOException {
    byte[] record = content(100, 1);
    feed(new RecordAssembler(LIMITS, pool), fragment(true, record, 0, 100), most -> most);
    assertThat(received).containsExactly(record);
  }

  @Test
  void severalRecordsInOneReadAreReceivedInOrder() throws IOException {
    byte[] one = content(60, 1);
    byte[] two = content(4, 2);
    byte[] three = content(20_000, 3);
    byte[] all =
        concat(
            fragment(true, one, 0, 60),
            fragment(true, two, 0, 4),
            fragment(true, three, 0, 20_000));
    feed(new RecordAssembler(LIMITS, pool), all, most -> most);
    assertThat(received).containsExactly(one, two, three);
  }

  @Test
  void fragmentsAreJoinedAndEmptyFragmentsIgnored() throws IOException { // W-029
    byte[] record = content(90, 1);
    byte[] none = new byte[0];
    byte[] all =
        concat(
            fragment(false, none, 0, 0),
            fragment(false, record, 0, 30),
            fragment(false, none, 0, 0),
            fragment(false, record, 30, 59),
            fragment(false, record, 89, 1),
            fragment(true, none, 0, 0));
    feed(new RecordAssembler(LIMITS, pool), all, most -> 1);
    assertThat(received).containsExactly(record);
  }

  @Test
  void randomFragmentsAndReadsYieldTheSentRecords() throws IOException {
    for (int seed = 0; seed < 120; seed++) {
      SeededRandom random = new SeededRandom(seed);
      received.clear();
      receiver.offset = random.nextInt(400);
      receiver.placedBytes = random.nextInt(3) == 0 ? length -> 0 : length -> length / 2;
      List<byte[]> sent = new ArrayList<>();
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      for (int i = random.nextInt(8); i >= 0; i--) {
        byte[] record = random.bytes(1 + random.nextInt(1 << random.nextInt(19)));
        sent.add(record);
        stream.writeBytes(fragmented(record, random));
      }
      RecordAssembler assembler = new RecordAssembler(LIMITS, pool);
      int readMax = 1 + random.nextInt(1 << random.nextInt(17));
      boolean isReleasedLate = random.nextInt(2) == 0;
      feed(
          assembler,
          stream.toByteArray(),
          most -> {
            if (!isReleasedLate) {
              receiver.releaseAll();
            }
            return random.nextInt(readMax) + 1;
          });
      receiver.releaseAll();
      assertThat(assembler.isPartial()).isFalse();
      assembler.close();
      assertThat(received).as("seed %d", seed).containsExactlyElementsOf(sent);
      assertThat(pool.lentBytes()).as("seed %d", seed).isZero();
    }
  }

  private static byte[] fragmented(byte[] record, SeededRandom random) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    int at = 0;
    for (int i = random.nextInt(4); i > 0; i--) {
      int length = random.nextInt(record.length - at + 1);
      stream.writeBytes(fragment(false, record, at, length));
      at += length;
    }
    stream.writeBytes(fragment(true, record, at, record.length - at));
    return stream.toByteArray();
  }

  @Test
  void placedRegionIsReadIntoItsTargetAndRemovedFromTheRecord() throws IOException {
    byte[] record = content(1 << 20, 7);
    receiver.placedBytes = length -> length - 103;
    feed(new RecordAssembler(LIMITS, pool), fragment(true, record, 0, 1 << 20), most -> 5000);
    assertThat(received).containsExactly(record);
    assertThat(receiver.asked).isEqualTo(1);
    assertThat(receiver.held.getFirst().bytes().remaining()).isEqualTo(103);
    assertThat(pool.lentBytes()).isZero();
  }

  @Test
  void readStopsBeforeTheDataOnlyForASinkThatPrefersToRead() throws IOException {
    assertThat(bytesOfTheFirstReadAfter(false)).isGreaterThan(16 << 10);
    assertThat(bytesOfTheFirstReadAfter(true)).isLessThanOrEqualTo(1024);
  }

  /** Returns how many bytes the first read of a record takes after a record with such a sink. */
  private int bytesOfTheFirstReadAfter(boolean prefersRead) throws IOException {
    receiver.placedBytes = length -> length - 103;
    receiver.prefersRead = prefersRead;
    RecordAssembler assembler = new RecordAssembler(LIMITS, pool);
    byte[] record = fragment(true, new byte[64 << 10], 0, 64 << 10);
    feed(assembler, record, most -> most);
    List<Integer> reads = new ArrayList<>();
    feed(
        assembler,
        record,
        most -> {
          reads.add(most);
          return most;
        });
    return reads.getFirst();
  }

  @Test
  void regionBeyondTheRecordIsNotPlaced() throws IOException {
    byte[] record = content(50_000, 7);
    receiver.placedBytes = length -> length;
    feed(new RecordAssembler(LIMITS, pool), fragment(true, record, 0, 50_000), most -> most);
    assertThat(received).containsExactly(record);
    assertThat(receiver.held.getFirst().placed()).isNull();
  }

  @Test
  void placementIsNotRequestedBeforeTheLastFragmentHeader() throws IOException {
    byte[] record = content(100_000, 7);
    receiver.placedBytes = length -> 10;
    byte[] all = concat(fragment(false, record, 0, 90_000), fragment(true, record, 90_000, 10_000));
    feed(new RecordAssembler(LIMITS, pool), Arrays.copyOf(all, 90_000), most -> most);
    assertThat(receiver.asked).isZero();
  }

  @Test
  void recordAboveTheLimitFailsAtItsHeader() {
    RecordAssembler assembler = new RecordAssembler(LIMITS, pool);
    byte[] header = ByteBuffer.allocate(4).putInt(0x8000_0000 | (4 << 20) + 1).array();
    assertThatThrownBy(() -> feed(assembler, header, most -> most))
        .isInstanceOf(IOException.class)
        .hasMessage("record of 4194305 bytes, more than the limit of 4194304");
  }

  @Test
  void fragmentsWithASumAboveTheLimitFailAtTheHeaderThatExceedsIt() {
    RecordAssembler assembler = new RecordAssembler(LIMITS, pool);
    byte[] all =
        concat(
            fragment(false, new byte[16], 0, 16),
            ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE).array());
    assertThatThrownBy(() -> feed(assembler, all, most -> most))
        .isInstanceOf(IOException.class)
        .hasMessage("record of 2147483663 bytes, more than the limit of 4194304");
  }

  @Test
  void tooManyEmptyFragmentsFail() {
    RecordAssembler assembler = new RecordAssembler(LIMITS, pool);
    assertThatThrownBy(() -> feed(assembler, new byte[65 * 4], most -> most))
        .isInstanceOf(IOException.class)
        .hasMessage("record of more than 64 fragments");
  }

  @Test
  void lengthWithoutBytesAllocatesLittleMemory() throws IOException {
    RecordAssembler assembler = new RecordAssembler(LIMITS, pool);
    byte[] begun = new byte[BufferPool.CHUNK_BYTES];
    ByteBuffer.wrap(begun).putInt(0x8000_0000 | 4 << 20);
    feed(assembler, Arrays.copyOf(begun, 20_000), most -> most);
    assertThat(pool.lentBytes()).isZero();
    feed(assembler, begun, most -> most);
    assertThat(pool.lentBytes()).isLessThanOrEqualTo(4L * begun.length + 64 * 1024);
    assembler.close();
    assertThat(pool.lentBytes()).isZero();
  }

  @Test
  void connectionThatSentALargeRecordGetsAFullBufferForTheNextOne() throws IOException {
    RecordAssembler assembler = new RecordAssembler(LIMITS, pool);
    byte[] record = content(1 << 20, 5);
    byte[] sent = fragment(true, record, 0, record.length);
    feed(assembler, sent, most -> most);
    receiver.releaseAll();
    feed(assembler, Arrays.copyOf(sent, 40_000), most -> most);
    assertThat(pool.lentBytes()).isEqualTo((1 << 20) + (64 << 10));
    assembler.close();
  }

  @Test
  void idleConnectionHoldsNoBuffer() throws IOException {
    RecordAssembler assembler = new RecordAssembler(LIMITS, pool);
    byte[] record = content(1000, 5);
    feed(assembler, fragment(true, record, 0, record.length), most -> most);
    assembler.idle();
    receiver.releaseAll();
    PooledBuffer next = pool.chunk();
    assertThat(next.isSole()).isTrue();
    assertThat(pool.chunk()).isNotSameAs(next);
  }
}
