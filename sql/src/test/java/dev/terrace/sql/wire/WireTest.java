package dev.terrace.sql.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.sql.wire.ReplyScanner.Take;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Messages come out the same however the bytes are cut, and garbage is refused. */
final class WireTest {

  private static final long SEED = 20261123;
  private static final String BACKEND_TYPES = "TDC12EZSNAItn";

  /** Writes down what a scanner says. */
  private static final class Recorder implements ReplyScanner.Sink {
    final StringBuilder events = new StringBuilder();
    final ByteArrayOutputStream relayed = new ByteArrayOutputStream();

    @Override
    public Take begin(byte type) {
      events.append((char) type);
      return switch (type) {
        case 'Z', 'E' -> Take.COLLECT;
        case 'N', 'S' -> Take.DROP;
        default -> Take.RELAY;
      };
    }

    @Override
    public void relay(ByteBuf run) {
      byte[] bytes = new byte[run.readableBytes()];
      run.readBytes(bytes);
      run.release();
      relayed.writeBytes(bytes);
    }

    @Override
    public void collected(byte type, ByteBuf body) {
      events
          .append('<')
          .append(body.readableBytes())
          .append('@')
          .append(relayed.size())
          .append('>');
    }

    @Override
    public void end(byte type) {
      events.append('.');
    }
  }

  private static byte[] message(Random random, char type, int length) {
    byte[] body = new byte[length];
    random.nextBytes(body);
    return ByteBuffer.allocate(5 + length).put((byte) type).putInt(4 + length).put(body).array();
  }

  @Test
  void repliesComeOutTheSameHoweverTheyAreCut() throws Exception {
    Random random = new Random(SEED);
    for (int round = 0; round < 300; round++) {
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      int messages = random.nextInt(1, 30);
      for (int i = 0; i < messages; i++) {
        int length =
            switch (random.nextInt(12)) {
              case 0 -> 0;
              case 1 -> random.nextInt(100_000, 300_000);
              default -> random.nextInt(200);
            };
        char type = BACKEND_TYPES.charAt(random.nextInt(BACKEND_TYPES.length()));
        stream.writeBytes(message(random, type, length));
      }
      byte[] bytes = stream.toByteArray();
      Recorder whole = scan(bytes, new int[] {bytes.length});
      int[] cuts = random.ints(40, 1, Math.max(2, bytes.length / 10)).toArray();
      Recorder cut = scan(bytes, cuts);
      assertThat(cut.events.toString())
          .as("seed %d, round %d", SEED, round)
          .isEqualTo(whole.events.toString());
      assertThat(cut.relayed.toByteArray()).isEqualTo(whole.relayed.toByteArray());
    }
  }

  private static Recorder scan(byte[] bytes, int[] cuts) throws ProtocolViolation {
    Recorder recorder = new Recorder();
    try (ReplyScanner scanner = new ReplyScanner(ByteBufAllocator.DEFAULT, recorder)) {
      int at = 0;
      for (int i = 0; at < bytes.length; i++) {
        int length = Math.min(cuts[i % cuts.length], bytes.length - at);
        scanner.feed(Unpooled.copiedBuffer(bytes, at, length));
        at += length;
      }
      assertThat(scanner.atBoundary()).isTrue();
    }
    return recorder;
  }

  @Test
  void onlyWholeMessagesAreRelayedUnlessTheyAreLong() throws Exception {
    byte[] row = message(new Random(SEED), 'D', 1000);
    Recorder recorder = new Recorder();
    try (ReplyScanner scanner = new ReplyScanner(ByteBufAllocator.DEFAULT, recorder)) {
      scanner.feed(Unpooled.copiedBuffer(row, 0, 600));
      assertThat(recorder.relayed.size()).isZero();
      assertThat(scanner.midRelay()).isFalse();
      scanner.feed(Unpooled.copiedBuffer(row, 600, 405));
      assertThat(recorder.relayed.toByteArray()).isEqualTo(row);
    }
  }

  @Test
  void clientMessagesComeOutTheSameHoweverTheyAreCut() throws Exception {
    Random random = new Random(SEED);
    for (int round = 0; round < 300; round++) {
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      List<Integer> sizes = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int length = random.nextInt(20) == 0 ? random.nextInt(100_000) : random.nextInt(100);
        stream.writeBytes(message(random, "QPBDECSHFXdcfp".charAt(random.nextInt(14)), length));
        sizes.add(length + 5);
      }
      byte[] bytes = stream.toByteArray();
      ByteArrayOutputStream back = new ByteArrayOutputStream();
      List<Integer> found = new ArrayList<>();
      try (FrontendScanner scanner = new FrontendScanner(ByteBufAllocator.DEFAULT, 200_000)) {
        scanner.typed();
        int at = 0;
        while (at < bytes.length) {
          int length = Math.min(random.nextInt(1, 5_000), bytes.length - at);
          scanner.add(ByteBufAllocator.DEFAULT.buffer(length).writeBytes(bytes, at, length));
          at += length;
          for (ByteBuf next = scanner.next(); next != null; next = scanner.next()) {
            found.add(next.readableBytes());
            byte[] copy = new byte[next.readableBytes()];
            next.readBytes(copy);
            back.writeBytes(copy);
            next.release();
          }
        }
      }
      assertThat(found).as("seed %d, round %d", SEED, round).isEqualTo(sizes);
      assertThat(back.toByteArray()).isEqualTo(bytes);
    }
  }

  @Test
  void garbageIsRefusedAndNeverThrowsAnythingElse() {
    Random random = new Random(SEED);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(1, 64)];
      random.nextBytes(bytes);
      try (FrontendScanner scanner = new FrontendScanner(ByteBufAllocator.DEFAULT, 1000)) {
        if (random.nextBoolean()) {
          scanner.typed();
        }
        scanner.add(Unpooled.copiedBuffer(bytes));
        for (ByteBuf next = scanner.next(); next != null; next = scanner.next()) {
          next.release();
        }
      } catch (ProtocolViolation e) {
        assertThat(e.reason()).isNotEmpty();
      }
      ByteBuf packet = Unpooled.buffer().writeInt(bytes.length + 4).writeBytes(bytes);
      try {
        if (packet.readableBytes() >= 8) {
          StartupPacket.read(packet);
        }
      } catch (ProtocolViolation e) {
        assertThat(e.reason()).isNotEmpty();
      }
    }
  }

  @Test
  void aMessageBeyondTheLimitIsRefusedByItsHeader() throws Exception {
    try (FrontendScanner scanner = new FrontendScanner(ByteBufAllocator.DEFAULT, 1000)) {
      scanner.typed();
      scanner.add(Unpooled.buffer().writeByte('Q').writeInt(1001));
      assertThatThrownBy(scanner::next)
          .isInstanceOf(ProtocolViolation.class)
          .hasMessageContaining("1001");
    }
  }
}
