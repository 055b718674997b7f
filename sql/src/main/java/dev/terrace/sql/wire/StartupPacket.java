package dev.terrace.sql.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The first packet of a connection. */
public sealed interface StartupPacket {

  /** The major version that no protocol has: what follows is a request. */
  int REQUEST = 1234;

  /** The client asks for TLS. */
  record Tls() implements StartupPacket {}

  /** The client asks for GSSAPI encryption. */
  record Gss() implements StartupPacket {}

  /** The client wants another session's work cancelled. */
  record Cancel(int process, int secret) implements StartupPacket {}

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
          "unsupported frontend protocol " + major + "." + minor + ": server supports 3.0");
    }
    return new Startup(minor, parameters(packet));
  }

  private static StartupPacket request(int code, ByteBuf packet) throws ProtocolViolation {
    return switch (code) {
      case 5679 -> new Tls();
      case 5680 -> new Gss();
      case 5678 -> {
        if (packet.readableBytes() != 8) {
          throw new ProtocolViolation("invalid length of a cancel request");
        }
        yield new Cancel(packet.readInt(), packet.readInt());
      }
      default -> throw new ProtocolViolation("unknown request code " + code);
    };
  }

  private static Map<String, String> parameters(ByteBuf packet) throws ProtocolViolation {
    Map<String, String> parameters = new LinkedHashMap<>();
    while (true) {
      String name = text(packet);
      if (name.isEmpty()) {
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
