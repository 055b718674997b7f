package dev.terrace.http.wire;

/** The header names that a proxy must know; all others are {@link #OTHER} and pass untouched. */
public enum FieldName {
  OTHER(""),
  TE("te"),
  VIA("via"),
  HOST("host"),
  COOKIE("cookie"),
  EXPECT("expect"),
  UPGRADE("upgrade"),
  X_REAL_IP("x-real-ip"),
  FORWARDED("forwarded"),
  CONNECTION("connection"),
  TRACESTATE("tracestate"),
  TRACEPARENT("traceparent"),
  KEEP_ALIVE("keep-alive"),
  CONTENT_LENGTH("content-length"),
  HTTP2_SETTINGS("http2-settings"),
  X_FORWARDED_FOR("x-forwarded-for"),
  X_FORWARDED_HOST("x-forwarded-host"),
  X_FORWARDED_PORT("x-forwarded-port"),
  PROXY_CONNECTION("proxy-connection"),
  X_FORWARDED_PROTO("x-forwarded-proto"),
  TRANSFER_ENCODING("transfer-encoding"),
  /** Named by Connection: meant for the next hop alone, so it goes no further. */
  NAMED_BY_CONNECTION("");

  private static final int LONGEST = 17;
  private static final FieldName[][] BY_LENGTH = byLength();

  private final String lower;

  FieldName(String lower) {
    this.lower = lower;
  }

  private static FieldName[][] byLength() {
    FieldName[][] table = new FieldName[LONGEST + 1][0];
    for (FieldName name : values()) {
      int length = name.lower.length();
      if (length > 0) {
        FieldName[] longer = java.util.Arrays.copyOf(table[length], table[length].length + 1);
        longer[longer.length - 1] = name;
        table[length] = longer;
      }
    }
    return table;
  }

  /** Which name the bytes spell, in whatever case. */
  static FieldName of(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length > LONGEST) {
      return OTHER;
    }
    for (FieldName name : BY_LENGTH[length]) {
      if (name.isSpelled(bytes, from)) {
        return name;
      }
    }
    return OTHER;
  }

  private boolean isSpelled(byte[] bytes, int from) {
    for (int i = 0; i < lower.length(); i++) {
      int c = Ascii.lower(bytes[from + i]);
      char expected = lower.charAt(i);
      if (c != expected && !(c == '_' && expected == '-' && tellsOfClient())) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a member believes what it says of the client. Members behind CGI (RFC 3875, section
   * 4.1.18), WSGI and the like cannot tell {@code X_Real_IP} from {@code X-Real-IP}: then that is
   * no other name.
   */
  private boolean tellsOfClient() {
    return switch (this) {
      case X_REAL_IP, X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PORT, X_FORWARDED_PROTO ->
          true;
      default -> false;
    };
  }
}
