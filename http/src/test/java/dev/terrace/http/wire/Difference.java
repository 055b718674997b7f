package dev.terrace.http.wire;

import static dev.terrace.http.wire.Kind.ANSWERS;
import static dev.terrace.http.wire.Kind.REQUESTS;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The ways in which our verdict on a message differs from that of Netty's decoder, each with the
 * reason and a message that shows it. A difference counts as explained only if what is said of it
 * can be seen in the message itself, not because our parser says so.
 */
@SuppressWarnings("ImmutableEnumChecker") // the predicates are lambdas without state
enum Difference {
  NETTYS_LIMIT(
      "Netty bounds the first line and the headers apart, we bound the whole head (http.max-head)",
      "RFC 9112, section 3",
      REQUESTS,
      "GET /" + "a".repeat(NettyReader.LINE_MAX) + " HTTP/1.1\r\nHost: h\r\n\r\n",
      d ->
          d.refusal().contains("is larger than " + NettyReader.LINE_MAX)
              || d.refusal().contains("is larger than " + NettyReader.HEADERS_MAX)),
  NETTYS_CHUNK_LIMIT(
      "Netty takes chunks below 2 GiB; we pass their data on as it comes, so size does not matter",
      "RFC 9112, section 7.1",
      REQUESTS,
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n80000000\r\nx",
      d -> d.refusal().startsWith("Chunk size overflow") && !d.weRefuse()),
  HIXIE_76(
      "Netty still knows the bodies without length of a WebSocket draft from 2010",
      "RFC 9112, section 6.3",
      REQUESTS,
      "GET / HTTP/1.1\r\nHost: h\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n12345678",
      d -> d.has("sec-websocket-(key1|origin)")),
  ANSWER_WITHOUT_BODY(
      "Netty takes Transfer-Encoding out of an answer that can have no body; we leave it to the"
          + " rewriting of headers",
      "RFC 9112, section 6.1",
      ANSWERS,
      "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
      d ->
          !d.weRefuse()
              && d.has("transfer-encoding")
              && d.startsWith("HTTP/1.\\d (1\\d\\d|204|304).*")),
  SWITCHED(
      "101 ends HTTP on a connection; Netty reads on if the new protocol is named HTTP/1.1",
      "RFC 9110, section 15.2.2",
      ANSWERS,
      "HTTP/1.1 101 S\r\nUpgrade: HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
      d -> !d.weRefuse() && d.before().contains("HTTP/1.1 101")),
  REFUSED_LATER(
      "Netty looks at the first byte of a line at once, we at a line when it is complete",
      "RFC 9112, section 2.2",
      REQUESTS,
      "\u0080",
      d -> !d.weRefuse() && d.ours().isEmpty() && d.kind().ours(d.text() + "\r\n\r\n").refused()),
  BARE_CR(
      Fault.BARE_CR,
      "a CR that ends no line: Netty takes it for white space in the first line, and trims it",
      "RFC 9112, section 2.2",
      REQUESTS,
      "GET\r/ HTTP/1.1\r\nHost: h\r\n\r\n",
      d -> d.headHas("\r(?!\n)")),
  BARE_LF(
      Fault.BARE_LF,
      "a LF without CR: Netty skips such ones before a message",
      "RFC 9112, section 2.2",
      REQUESTS,
      "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
      d -> d.headHas("(?<!\r)\n")),
  CONTROL_CHARACTER(
      Fault.CONTROL_CHARACTER,
      "a control character: Netty takes it in targets, and takes some for white space",
      "RFC 9110, section 5.5",
      REQUESTS,
      "GET /\u0001 HTTP/1.1\r\nHost: h\r\n\r\n",
      d -> d.headHas("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F]")),
  EMPTY_LINES(
      Fault.BAD_START_LINE,
      "Netty skips any number of empty lines before a request, we the one that old clients send",
      "RFC 9112, section 2.2",
      REQUESTS,
      "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
      d -> d.text().startsWith("\r\n\r\n")),
  BAD_START_LINE(
      Fault.BAD_START_LINE,
      "Netty parts the request line at runs of white space, RFC 9112 by one space each",
      "RFC 9112, section 3",
      REQUESTS,
      "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
      d ->
          !d.startsWith(Dispute.TOKEN + " [!-~&&[^#]]+.*")
              || !d.startsWith(Dispute.TOKEN + " .* HTTP/\\d\\.\\d")
              || d.startsWith(Dispute.TOKEN + " \\S+\\s.*\\s\\S+")),
  BAD_TARGET(
      Fault.BAD_TARGET,
      "Netty takes any target; we take a path, an http or https URI and OPTIONS's asterisk",
      "RFC 9112, section 3.2",
      REQUESTS,
      "GET index.html HTTP/1.1\r\nHost: h\r\n\r\n",
      d ->
          !d.startsWith(
              Dispute.TOKEN + " (/|(?i:http)://[!-.0-9:;=A-Z\\[\\]_a-z~%]+/)[!-~&&[^#]]* .*")),
  BAD_VERSION(
      Fault.BAD_VERSION,
      "Netty takes any version of one digit, a point and one digit",
      "RFC 9110, section 2.5",
      REQUESTS,
      "GET / HTTP/1.2\r\nHost: h\r\n\r\n",
      d -> d.startsWith(".* HTTP/\\d\\.\\d") && !d.startsWith(".* HTTP/1\\.[01]")),
  BAD_STATUS_LINE(
      Fault.BAD_STATUS_LINE,
      "Netty takes other versions, more white space and any number as status",
      "RFC 9112, section 4",
      ANSWERS,
      "HTTP/1.1  200 OK\r\n\r\n",
      d -> !d.startsWith("HTTP/1\\.[01] [1-9]\\d\\d( .*)?") || d.text().startsWith("\r\n")),
  CONNECT(
      Fault.CONNECT_REFUSED,
      "for a decoder CONNECT is a method as others are; we are no forward proxy",
      "RFC 9110, section 9.3.6",
      REQUESTS,
      "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n",
      d -> d.startsWith("CONNECT .*")),
  FOLDED_LINE(
      Fault.FOLDED_LINE,
      "Netty joins folded lines, which a server may; we never generate nor pass them on",
      "RFC 9112, section 5.2",
      REQUESTS,
      "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n",
      d -> d.headHas("\r\n[ \t]")),
  SPACE_BEFORE_COLON(
      Fault.SPACE_BEFORE_COLON,
      "Netty cuts white space off before the colon in answers, which RFC 9112 asks of proxies; we"
          + " take such a member for broken",
      "RFC 9112, section 5.1",
      ANSWERS,
      "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
      d -> d.headHas("\r\n" + Dispute.TOKEN + "[ \t]")),
  NO_HOST(
      Fault.NO_HOST,
      "a decoder does not ask for Host",
      "RFC 9112, section 3.2",
      REQUESTS,
      "GET / HTTP/1.1\r\n\r\n",
      d -> d.values("host").isEmpty() && d.startsWith(".* HTTP/1.1")),
  REPEATED_HOST(
      Fault.REPEATED_HOST,
      "a decoder does not count Host",
      "RFC 9112, section 3.2",
      REQUESTS,
      "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n",
      d -> d.values("host").size() > 1),
  BAD_HOST(
      Fault.BAD_HOST,
      "a decoder does not read Host; ours has no user, no list and is not empty",
      "RFC 9110, section 7.2",
      REQUESTS,
      "GET / HTTP/1.1\r\nHost: user@h\r\n\r\n",
      d ->
          d.values("host").stream()
              .anyMatch(v -> !v.matches("[A-Za-z0-9!$&'()*+\\-.;=_~%:\\[\\]]+"))),
  HOST_DIFFERS(
      Fault.HOST_DIFFERS,
      "a decoder does not compare Host with the target; RFC 9112 lets the target win, and then"
          + " whoever reads Host alone goes another way",
      "RFC 9112, section 3.2.2",
      REQUESTS,
      "GET http://one/ HTTP/1.1\r\nHost: two\r\n\r\n",
      d -> !d.startsWith("\\S+ (?i:http://" + Pattern.quote(d.values("host").getLast()) + "/.*)")),
  CODING(
      Fault.UNKNOWN_CODING,
      "Netty takes other codings before chunked and leaves decoding them to its user; we know"
          + " chunked alone, once",
      "RFC 9112, section 6.1",
      REQUESTS,
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      d ->
          d.values("transfer-encoding").stream().anyMatch(v -> !v.equalsIgnoreCase("chunked"))
              || d.values("transfer-encoding").size() > 1),
  LENGTH_AND_CODING(
      Fault.LENGTH_AND_CODING,
      "Netty refuses both together too, but not in answers without a body",
      "RFC 9112, section 6.3",
      ANSWERS,
      "HTTP/1.1 304 N\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      d -> d.has("content-length") && d.has("transfer-encoding")),
  CODING_IN_OLD_VERSION(
      Fault.CODING_IN_OLD_VERSION,
      "Netty refuses it too, but not in answers without a body",
      "RFC 9112, section 6.1",
      ANSWERS,
      "HTTP/1.0 304 N\r\nTransfer-Encoding: chunked\r\n\r\n",
      d -> d.has("transfer-encoding") && d.startsWith(".*HTTP/1\\.0.*")),
  CONTENT_LENGTH(
      Fault.BAD_CONTENT_LENGTH,
      "a length is 1 to 18 digits for us; Netty takes 19",
      "RFC 9110, section 8.6",
      REQUESTS,
      "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000000000000\r\n\r\n",
      d -> d.values("content-length").stream().anyMatch(v -> !v.matches("\\d{1,18}"))),
  REPEATED_CONTENT_LENGTH(
      Fault.REPEATED_CONTENT_LENGTH,
      "several lengths, even if they are equal: RFC 9110 lets a recipient refuse or join them, and"
          + " nobody who means well sends them. Netty takes the first in HTTP/1.0",
      "RFC 9110, section 8.6",
      REQUESTS,
      "PUT / HTTP/1.0\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
      d -> d.values("content-length").size() > 1),
  CONNECTION(
      Fault.BAD_CONNECTION,
      "a decoder does not read Connection; Host and the framing headers are not its to name",
      "RFC 9110, section 7.6.1",
      REQUESTS,
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: Host\r\n\r\n",
      d ->
          d.values("connection").stream()
              .anyMatch(v -> v.matches("(?i).*(host|content-length|transfer-encoding).*"))),
  EXPECTATION(
      Fault.UNKNOWN_EXPECTATION,
      "a decoder does not read Expect",
      "RFC 9110, section 10.1.1",
      REQUESTS,
      "GET / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n",
      d -> d.values("expect").stream().anyMatch(v -> !v.equalsIgnoreCase("100-continue"))),
  CHUNK_EXTENSION(
      Fault.BAD_CHUNK,
      "Netty takes white space, empty names and other than ASCII in chunk extensions; we pass"
          + " framing on as it is, so it must be right",
      "RFC 9112, section 7.1.1",
      REQUESTS,
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0 ; a\r\n\r\n",
      d -> d.bodyHas("[0-9A-Fa-f][ \t]*;")),
  TRAILER(
      Fault.BAD_TRAILER,
      "what is refused in headers is refused in trailers too, see FOLDED_LINE, CONTROL_CHARACTER"
          + " and SPACE_BEFORE_COLON",
      "RFC 9112, section 7.1.2",
      REQUESTS,
      "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n c\r\n\r\n",
      d ->
          d.bodyHas("(?s)0(;[^\r]*)?\r\n(.*\r\n)?(" + Dispute.TOKEN + ")?[ \t]")
              || d.bodyHas("(?s)0(;[^\r]*)?\r\n.*[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F]")),
  REFUSED_EARLIER(
      "we refuse at the first wrong byte or line, Netty when the line or the head is complete",
      "RFC 9112, section 2.2",
      REQUESTS,
      "GET / HTTP/1.1\r\nHost: h\r\nBad\u00a0Name: v\r\n",
      d -> d.weRefuse() && !d.theyRefuse() && d.completed().refused());

  private final Optional<Fault> fault;
  private final String why;
  private final String source;
  private final Kind kind;
  private final String example;
  private final Predicate<Dispute> shown;

  Difference(String why, String source, Kind kind, String example, Predicate<Dispute> shown) {
    this(Optional.empty(), why, source, kind, example, shown);
  }

  Difference(
      Fault fault, String why, String source, Kind kind, String example, Predicate<Dispute> shown) {
    this(Optional.of(fault), why, source, kind, example, shown);
  }

  Difference(
      Optional<Fault> fault,
      String why,
      String source,
      Kind kind,
      String example,
      Predicate<Dispute> shown) {
    this.fault = fault;
    this.why = why;
    this.source = source;
    this.kind = kind;
    this.example = example;
    this.shown = shown;
  }

  /** The explanation of a difference; empty if nothing explains it. */
  static Optional<Difference> explaining(Dispute dispute) {
    return Stream.of(values()).filter(one -> one.explains(dispute)).findFirst();
  }

  private boolean explains(Dispute dispute) {
    return fault.map(f -> f == dispute.fault()).orElse(true) && shown.test(dispute);
  }

  Kind kind() {
    return kind;
  }

  String example() {
    return example;
  }

  /** A row of the table in docs/reference/conformance.md. */
  String row() {
    return "| `" + name() + "` | " + why + " | " + source + " |\n";
  }
}
