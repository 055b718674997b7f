package dev.terrace.http.wire;

import dev.terrace.testkit.Seeded;
import java.util.List;

/**
 * Writes connections' bytes by the grammar of RFC 9112, with here and there an alternative that it
 * does not have: what lenient servers take, what attackers send, what old software wrote.
 */
final class HttpGrammar {

  private static final List<String> LINE_ENDS = List.of("\n", "\r", "\r\r\n", "\n\r", " \r\n", "");
  private static final List<String> GAPS = List.of("  ", "\t", "", "\u000b", "\r", "\u00a0", " \t");

  private static final List<String> METHODS =
      List.of("GET", "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "TRACE", "M-SEARCH");
  private static final List<String> ODD_METHODS =
      List.of("get", "CONNECT", "", "G@T", "G\u00c9T", "PRI", "GE\0T", "\"GET\"", "M".repeat(320));

  private static final List<String> TARGETS =
      List.of(
          "/",
          "/a/b?c=d",
          "http://h/x",
          "HTTP://H:80/?q",
          "http://h",
          "https://h?q",
          "//x",
          "/%00",
          "/a%zz",
          "/;x=1");
  private static final List<String> ODD_TARGETS =
      List.of(
          "*",
          "",
          "h:80",
          "https://",
          "http://?x",
          "http://u@h/",
          "http://other/",
          "/a#b",
          "/a\tb",
          "/\u00e9",
          "/a b",
          "?",
          "/\u007f",
          "/" + "a".repeat(310));

  private static final List<String> ODD_VERSIONS =
      List.of(
          "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.10", "HTTP/1", "", "XTTP/1.1");

  private static final List<String> NAMES =
      List.of("Accept", "X-A", "Cookie", "x_b", "User-Agent", "Via", "A!#$%&'*+-.^_`|~9");
  private static final List<String> ODD_NAMES =
      List.of("", "X A", "X\u00e9", "X(", "X\0", " X", "\tX", "X\t", "N".repeat(520));
  private static final List<String> VALUES =
      List.of("", "v", "a, b", "a=b; c=d", "\"q \\\" q\"", "\u00e9", "v \t v", "*/*");
  private static final List<String> ODD_VALUES =
      List.of("\0", "a\u0001b", "\u007f", "a\rb", "a\nb", "\u000b", "\u000c", "a\r\n b", "\u001f");
  private static final List<String> COLONS = List.of(" :", "\t:", "", "::", ";", "\u00a0:");

  /** Headers that decide what a message is: each line here changes or breaks something. */
  private static final List<String> POINTED =
      List.of(
          "Host: h",
          "Host: other",
          "Host:",
          "Host: a b",
          "Host: h, h",
          "Host: u@h",
          "Connection: close",
          "Connection: keep-alive, X-A",
          "Connection: Host",
          "Connection: Content-Length",
          "Expect: 100-continue",
          "Expect: 100-continued",
          "Upgrade: websocket",
          "Upgrade: h2c",
          "TE: trailers",
          "Sec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2",
          "Sec-WebSocket-Origin: o\r\nSec-WebSocket-Location: l",
          "Content-Length: 0",
          "content-length: 5",
          "Content-Length: 5, 5",
          "Content_Length: 5",
          "Transfer-Encoding: identity");

  private static final List<String> LENGTHS =
      List.of(
          "05", "+5", "-5", "5,", "5, 5", "5 5", "0x5", "5.0", "\u0665", "", "1" + "0".repeat(18));
  private static final List<String> CODINGS =
      List.of(
          "Chunked",
          "chunked, chunked",
          "gzip, chunked",
          "chunked, gzip",
          "gzip",
          "identity",
          "chunked;q=1",
          ",chunked",
          "chunked,",
          "\"chunked\"",
          "xchunked",
          "chun ked");
  private static final List<String> SIZE_ENDS =
      List.of(
          ";a=b", ";a", ";a=\"b;\\\"c\"", " ;a", ";", ";a=", ";=b", " ", ";\u00e9", ";a=\"b", "g");

  private final Seeded random;
  private final StringBuilder text = new StringBuilder();

  /** One choice in this many is odd; the larger, the more messages are right. */
  private final int oddity;

  HttpGrammar(Seeded random) {
    this.random = random;
    this.oddity = random.pick(List.of(20, 60, 200));
  }

  /** One to three requests. */
  String requests() {
    for (int more = 1 + random.nextInt(3); more > 0; more--) {
      if (odd()) {
        text.append(random.pick(List.of("\r\n", "\r\n\r\n", "\n", " ", "\0")));
      }
      text.append(or(METHODS, ODD_METHODS)).append(gap());
      text.append(random.nextInt(3) == 0 ? or(TARGETS, ODD_TARGETS) : "/").append(gap());
      text.append(version());
      lineEnd();
      fields(odd() ? "" : "Host: h");
    }
    return text.toString();
  }

  /** One to three answers. */
  String answers() {
    for (int more = 1 + random.nextInt(3); more > 0; more--) {
      text.append(odd() ? "\r\n" : "").append(version()).append(gap());
      text.append(
          or(
              List.of("200", "404", "204", "304", "100", "299", "600"),
              List.of("20", "2000", "", "101", "-20", "2 0", "099", "\u0662\u0660\u0660")));
      text.append(or(List.of(" OK", " ", "", " Not Found"), List.of("\tOK", " O\0K", " \u00e9")));
      lineEnd();
      fields("Server: x");
    }
    return text.toString();
  }

  private boolean odd() {
    return random.nextInt(oddity) == 0;
  }

  private String or(List<String> usual, List<String> odd) {
    return random.pick(odd() ? odd : usual);
  }

  private String gap() {
    return odd() ? random.pick(GAPS) : " ";
  }

  private String version() {
    return odd() ? random.pick(ODD_VERSIONS) : random.nextInt(6) == 0 ? "HTTP/1.0" : "HTTP/1.1";
  }

  private void lineEnd() {
    text.append(odd() ? random.pick(LINE_ENDS) : "\r\n");
  }

  private void fields(String first) {
    if (!first.isEmpty()) {
      line(first);
    }
    for (int more = random.nextInt(4); more > 0; more--) {
      if (odd()) {
        line(random.pick(POINTED));
      } else {
        String colon = odd() ? random.pick(COLONS) : random.pick(List.of(":", ": ", ":\t "));
        line(or(NAMES, ODD_NAMES) + colon + or(VALUES, ODD_VALUES));
      }
    }
    switch (random.nextInt(4)) {
      case 0 -> chunkedBody();
      case 1 -> lengthBody();
      default -> lineEnd();
    }
  }

  private void line(String line) {
    text.append(line);
    lineEnd();
  }

  private void lengthBody() {
    line("Content-Length: " + or(List.of("5", "0"), LENGTHS));
    if (odd()) {
      line(
          random.pick(
              List.of("Content-Length: 5", "Content-Length: 6", "Transfer-Encoding: chunked")));
    }
    lineEnd();
    text.append(text.lastIndexOf("Length: 0") > text.lastIndexOf("HTTP/") ? "" : "hello");
  }

  private void chunkedBody() {
    line("Transfer-Encoding: " + or(List.of("chunked"), CODINGS));
    if (odd()) {
      line(
          random.pick(
              List.of("Content-Length: 5", "Transfer-Encoding: chunked", "Transfer-Encoding: x")));
    }
    lineEnd();
    for (int more = random.nextInt(3); more > 0; more--) {
      size(
          or(
              List.of("5", "05"),
              List.of("-5", "+5", "0x5", "5_0", "", "4", "6", "80000000", "F".repeat(17))));
      text.append("hello");
      lineEnd();
    }
    size("0");
    for (int more = random.nextInt(4); more > 2; more--) {
      line(or(NAMES, ODD_NAMES) + ": " + or(VALUES, ODD_VALUES));
    }
    lineEnd();
  }

  private void size(String digits) {
    text.append(digits).append(odd() ? random.pick(SIZE_ENDS) : "");
    lineEnd();
  }

  /** The text with up to three changes that know nothing of the grammar. */
  static String changed(Seeded random, String good, String other) {
    StringBuilder text = new StringBuilder(good);
    for (int changes = random.nextInt(4); changes > 0 && !text.isEmpty(); changes--) {
      int at = random.nextInt(text.length());
      int to = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(6)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.deleteCharAt(at);
        case 2 -> text.insert(at, random.pick(List.of("\r\n", "\n", "\r", "\0", " ", ":", "\t")));
        case 3 -> text.delete(at, to);
        case 4 -> text.insert(at, text.substring(at, to));
        default -> text.setLength(at);
      }
    }
    return random.nextInt(20) == 0 ? text + other : text.toString();
  }
}
