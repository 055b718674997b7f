package dev.terrace.http.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map.Entry;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What only HTTP/1.1's opening of a WebSocket has (RFC 6455, section 4): a key, and its proof in
 * the answer. Clients of HTTP/2 know neither (RFC 8441, section 5).
 */
final class WebSocketHandshake {

  private static final String SALT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final AsciiString STATUS = AsciiString.cached(":status");
  private static final AsciiString OPENED = AsciiString.cached("200");
  private static final AsciiString REFUSED = AsciiString.cached("502");

  private WebSocketHandshake() {}

  /** A key for a request that opens a WebSocket; nothing for others. */
  static String newKey(Http2Headers fields) {
    for (Entry<CharSequence, CharSequence> field : fields) {
      CharSequence name = field.getKey();
      if (name.isEmpty() || name.charAt(0) != ':') {
        return "";
      }
      if (AsciiString.contentEquals(name, ":protocol")) {
        byte[] bytes = new byte[16];
        ThreadLocalRandom.current().nextBytes(bytes); // a nonce, not a secret
        return AsciiString.contentEqualsIgnoreCase(field.getValue(), "websocket")
            ? Base64.getEncoder().encodeToString(bytes)
            : "";
      }
    }
    return "";
  }

  /** What the member must have answered to the key. */
  private static String proof(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest((key + SALT).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  /**
   * The fields that tell the client of the opened WebSocket; those of a refusal if the member did
   * not prove that it has read the key.
   */
  static FieldList opened(ByteBuf head, String key) {
    FieldList answered = new FieldList();
    Http2Fields.answer(head, answered);
    FieldList fields = new FieldList();
    fields.add(STATUS, OPENED);
    boolean proven = false;
    for (Entry<CharSequence, CharSequence> field : answered) {
      if (AsciiString.contentEquals(field.getKey(), "sec-websocket-accept")) {
        proven = AsciiString.contentEquals(field.getValue(), proof(key));
      } else if (!STATUS.contentEquals(field.getKey())) {
        fields.add(field.getKey(), field.getValue());
      }
    }
    return proven ? fields : refused();
  }

  /** The member has answered in a way that would tell the client of a WebSocket that is not. */
  static FieldList refused() {
    FieldList fields = new FieldList();
    fields.add(STATUS, REFUSED);
    return fields;
  }

  static boolean isRefusal(FieldList fields) {
    return REFUSED.contentEquals(fields.status());
  }
}
