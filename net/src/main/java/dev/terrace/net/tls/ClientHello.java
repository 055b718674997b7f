package dev.terrace.net.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Looks into a client's first message (RFC 8446, section 4.1.2) as far as Netty does not. */
final class ClientHello {

  private static final int VERSION_AND_RANDOM = 34;
  private static final int ALPN = 16;

  private ClientHello() {}

  /** Whether this protocol is among those offered (RFC 7301); false for what is no such message. */
  static boolean offers(ByteBuf hello, String protocol) {
    ByteBuf in = hello.duplicate();
    byte[] wanted = protocol.getBytes(StandardCharsets.US_ASCII);
    try {
      in.skipBytes(VERSION_AND_RANDOM);
      in.skipBytes(in.readUnsignedByte()); // session
      in.skipBytes(in.readUnsignedShort()); // ciphers
      in.skipBytes(in.readUnsignedByte()); // compression
      ByteBuf extensions = in.readSlice(in.readUnsignedShort());
      while (extensions.isReadable()) {
        int type = extensions.readUnsignedShort();
        ByteBuf extension = extensions.readSlice(extensions.readUnsignedShort());
        if (type == ALPN) {
          return lists(extension, wanted);
        }
      }
      return false;
    } catch (IndexOutOfBoundsException e) {
      return false;
    }
  }

  private static boolean lists(ByteBuf extension, byte[] wanted) {
    ByteBuf names = extension.readSlice(extension.readUnsignedShort());
    while (names.isReadable()) {
      byte[] name = new byte[names.readUnsignedByte()];
      names.readBytes(name);
      if (java.util.Arrays.equals(name, wanted)) {
        return true;
      }
    }
    return false;
  }
}
