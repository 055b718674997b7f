package dev.terrace.http.http2;

import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Names of fields that come often: one object each, with its hash, in place of a new one. */
final class KnownNames {

  static final AsciiString HOST = AsciiString.cached("host");

  private static final AsciiString[] OF_CONNECTION =
      cached("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te");

  private static final AsciiString[] COMMON =
      cached(
          "accept",
          "accept-charset",
          "accept-encoding",
          "accept-language",
          "accept-ranges",
          "access-control-allow-credentials",
          "access-control-allow-headers",
          "access-control-allow-methods",
          "access-control-allow-origin",
          "access-control-expose-headers",
          "access-control-max-age",
          "age",
          "allow",
          "alt-svc",
          "authorization",
          "cache-control",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-length",
          "content-location",
          "content-range",
          "content-security-policy",
          "content-type",
          "cookie",
          "date",
          "etag",
          "expect",
          "expires",
          "from",
          "grpc-encoding",
          "grpc-message",
          "grpc-status",
          "grpc-timeout",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "last-modified",
          "link",
          "location",
          "max-forwards",
          "origin",
          "pragma",
          "range",
          "referer",
          "referrer-policy",
          "refresh",
          "retry-after",
          "server",
          "server-timing",
          "set-cookie",
          "strict-transport-security",
          "traceparent",
          "tracestate",
          "trailer",
          "user-agent",
          "vary",
          "via",
          "www-authenticate",
          "x-content-type-options",
          "x-forwarded-for",
          "x-forwarded-host",
          "x-forwarded-proto",
          "x-frame-options",
          "x-request-id",
          "x-terrace-reason",
          "x-xss-protection");

  private static final AsciiString[][] BY_LENGTH = byLength();

  private KnownNames() {}

  private static AsciiString[] cached(String... names) {
    AsciiString[] cached = new AsciiString[names.length];
    for (int i = 0; i < names.length; i++) {
      cached[i] = AsciiString.cached(names[i].toLowerCase(Locale.ROOT));
    }
    return cached;
  }

  private static AsciiString[][] byLength() {
    List<AsciiString> all = new ArrayList<>(List.of(COMMON));
    all.addAll(List.of(OF_CONNECTION));
    all.add(HOST);
    int longest = all.stream().mapToInt(AsciiString::length).max().orElse(0);
    AsciiString[][] table = new AsciiString[longest + 1][];
    for (int length = 0; length <= longest; length++) {
      int wanted = length;
      table[length] =
          all.stream().filter(name -> name.length() == wanted).toArray(AsciiString[]::new);
    }
    return table;
  }

  /** The name that the bytes spell, in lower case. */
  static AsciiString of(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length < BY_LENGTH.length) {
      for (AsciiString name : BY_LENGTH[length]) {
        if (spells(bytes, from, name)) {
          return name;
        }
      }
    }
    byte[] lower = new byte[length];
    for (int i = 0; i < length; i++) {
      lower[i] = lower(bytes[from + i]);
    }
    return new AsciiString(lower, false);
  }

  private static boolean spells(byte[] bytes, int from, AsciiString name) {
    byte[] wanted = name.array();
    for (int i = 0; i < wanted.length; i++) {
      if (lower(bytes[from + i]) != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + ('a' - 'A')) : b;
  }

  /** Whether the field, as {@link #of} gave it, is about a connection of HTTP/1.1. */
  static boolean isOfConnection(AsciiString name) {
    for (AsciiString left : OF_CONNECTION) {
      if (left.equals(name)) {
        return true;
      }
    }
    return false;
  }
}
