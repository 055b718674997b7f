package dev.terrace.sql.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The first packet of a connection. */
public sealed interface StartupPacket {

  /** The major version that no protocol has: what follows is a request. */
  int REQUEST = 1234;

  /** The newest minor version of protocol 3 that is spoken: PostgreSQL 18's. */
  int MINOR_MAX = 2;

  /** The shortest secret of a cancel key. */
  int SECRET_MIN = 4;

  /** The longest secret of a cancel key. */
  int SECRET_MAX = 256;

  /** The client asks for TLS. */
  record Tls() implements StartupPacket {}

  /** The client asks for GSSAPI encryption. */
  record Gss() implements StartupPacket {}

  /**
   * The client wants another session's work cancelled.
   *
   * @param secret 4 bytes, or up to 256 since version 3.2
   */
  record Cancel(int process, ByteBuffer secret) implements StartupPacket {}

  /**
   * The client wants to log in.
   *
   * @param minor the minor version of protocol 3 that it asks for
   */
  record Startup(int minor, Map<String, String> parameters) implements StartupPacket {}

  /**
   * Reads a whole packet, its length included.
   *
   * @throws ProtocolViolation if it is none of these
   */
  static StartupPacket read(ByteBuf packet) throws ProtocolViolation {
    packet.skipBytes(4);
    int major = packet.readUnsignedShort();
    int minor = packet.readUnsignedShort();
    if (major == REQUEST) {
      return request(minor, packet);
    }
    if (major != 3) {
      throw new ProtocolViolation(
          "unsupported frontend protocol "
              + major
              + "."
              + minor
              + ": server supports 3.0 to 3."
              + MINOR_MAX);
    }
    return new Startup(minor, parameters(packet));
  }

  private static StartupPacket request(int code, ByteBuf packet) throws ProtocolViolation {
    return switch (code) {
      case 5679 -> new Tls();
      case 5680 -> new Gss();
      case 5678 -> {
        int length = packet.readableBytes() - Integer.BYTES;
        if (length < SECRET_MIN || length > SECRET_MAX) {
          throw new ProtocolViolation("invalid length of a cancel request");
        }
        int process = packet.readInt();
        byte[] secret = new byte[length];
        packet.readBytes(secret);
        yield new Cancel(process, ByteBuffer.wrap(secret).asReadOnlyBuffer());
      }
      default -> throw new ProtocolViolation("unknown request code " + code);
    };
  }

  private static Map<String, String> parameters(ByteBuf packet) throws ProtocolViolation {
    Map<String, String> parameters = new LinkedHashMap<>();
    while (true) {
      String name = text(packet);
      if (name.isEmpty()) {
        if (packet.isReadable()) {
          throw new ProtocolViolation(
              "invalid startup packet layout: expected terminator as last byte");
        }
        return parameters;
      }
      parameters.put(name, text(packet));
    }
  }

  private static String text(ByteBuf packet) throws ProtocolViolation {
    int length = packet.bytesBefore((byte) 0);
    if (length < 0) {
      throw new ProtocolViolation(
          "invalid startup packet layout: expected terminator as last byte");
    }
    String text = packet.readCharSequence(length, StandardCharsets.UTF_8).toString();
    packet.skipBytes(1);
    return text;
  }
}
