package dev.terrace.net.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Seeded;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Messages as clients send them, and damaged ones. */
class ClientHelloTest {

  /** The body of a ClientHello with an unknown extension, and ALPN if there are protocols. */
  private static byte[] hello(String... protocols) {
    ByteBuf names = Unpooled.buffer();
    for (String protocol : protocols) {
      names.writeByte(protocol.length()).writeBytes(protocol.getBytes(StandardCharsets.US_ASCII));
    }
    ByteBuf extensions = Unpooled.buffer().writeShort(0xFA).writeShort(2).writeShort(7);
    if (protocols.length > 0) {
      extensions.writeShort(16).writeShort(names.readableBytes() + 2);
      extensions.writeShort(names.readableBytes()).writeBytes(names);
    }
    ByteBuf hello = Unpooled.buffer().writeShort(0x0303).writeZero(32);
    hello.writeByte(4).writeInt(99); // session
    hello.writeShort(2).writeShort(0x1301); // ciphers
    hello.writeByte(1).writeByte(0); // compression
    hello.writeShort(extensions.readableBytes()).writeBytes(extensions);
    byte[] bytes = new byte[hello.readableBytes()];
    hello.readBytes(bytes);
    return bytes;
  }

  private static boolean offers(byte[] hello) {
    return ClientHello.offers(Unpooled.wrappedBuffer(hello), Proofs.PROTOCOL);
  }

  @Test
  void findsAProtocolAmongThoseOffered() {
    assertThat(offers(hello("acme-tls/1"))).isTrue();
    assertThat(offers(hello("h2", "acme-tls/1"))).isTrue();
    assertThat(offers(hello("h2", "http/1.1"))).isFalse();
    assertThat(offers(hello())).isFalse();
    assertThat(offers(new byte[0])).isFalse();
  }

  @Test
  void nothingThatClientsSendBreaksIt() {
    byte[] valid = hello("h2", "acme-tls/1");
    Seeded.rounds(
        3,
        20_000,
        random -> {
          boolean cut = random.nextBoolean();
          byte[] bytes =
              cut
                  ? java.util.Arrays.copyOf(valid, random.nextInt(valid.length))
                  : random.mutate(valid);
          boolean found = offers(bytes);
          assertThat(found && cut).isFalse();
        });
  }
}
