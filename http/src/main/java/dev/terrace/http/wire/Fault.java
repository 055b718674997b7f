package dev.terrace.http.wire;

/**
 * What is wrong with a message. In a request it decides the status of the refusal; an answer with
 * any of them is broken.
 */
public enum Fault {
  /** Nothing. */
  NONE(200, ""),
  BARE_CR(400, "a CR without LF"),
  BARE_LF(400, "a LF without CR"),
  CONTROL_CHARACTER(400, "a control character in the head"),
  BAD_START_LINE(400, "the first line is not METHOD TARGET HTTP/1.1"),
  BAD_STATUS_LINE(400, "the first line is not HTTP/1.1 STATUS"),
  BAD_TARGET(400, "the request target is not valid"),
  BAD_FIELD_NAME(400, "a header line has no valid name"),
  SPACE_BEFORE_COLON(400, "a space before a header's colon"),
  FOLDED_LINE(400, "a header line that begins with a space"),
  BAD_CONTENT_LENGTH(400, "Content-Length is not a number"),
  REPEATED_CONTENT_LENGTH(400, "several Content-Length headers"),
  LENGTH_AND_CODING(400, "Content-Length together with Transfer-Encoding"),
  UNKNOWN_CODING(400, "a transfer coding other than chunked"),
  CODING_IN_OLD_VERSION(400, "Transfer-Encoding in HTTP/1.0"),
  NO_HOST(400, "no Host header"),
  REPEATED_HOST(400, "several Host headers"),
  BAD_HOST(400, "Host is not valid"),
  HOST_DIFFERS(400, "Host differs from the request target"),
  BAD_CONNECTION(400, "Connection names a header that is not its to name"),
  BAD_CHUNK(400, "bad chunk framing"),
  BAD_TRAILER(400, "a bad trailer"),
  BAD_FIELD_VALUE(400, "a field's value has a control character, or a space at an end"),
  BAD_PSEUDO_FIELD(400, "a pseudo field is missing, repeated, late, unknown or not valid"),
  CONNECTION_FIELD(400, "a field that is about the connection, which only HTTP/1.1 has"),
  LENGTH_DIFFERS(400, "the body is not as long as Content-Length says"),
  TARGET_TOO_LONG(414, "the request line is too long"),
  UNKNOWN_EXPECTATION(417, "an expectation other than 100-continue"),
  HEAD_TOO_LARGE(431, "the head is too large"),
  TOO_MANY_FIELDS(431, "too many header lines"),
  CONNECT_REFUSED(501, "CONNECT is not served here"),
  BAD_VERSION(505, "the version is not HTTP/1.0 or HTTP/1.1");

  private final int status;
  private final String words;

  Fault(int status, String words) {
    this.status = status;
    this.words = words;
  }

  /** The status to refuse a request with. */
  public int status() {
    return status;
  }

  /** The fault for people. */
  public String words() {
    return words;
  }
}
