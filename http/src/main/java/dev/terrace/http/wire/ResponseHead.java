package dev.terrace.http.wire;

/** An answer's head (RFC 9112, section 4), as strictly read as a request's. */
public final class ResponseHead extends Head {

  private int status;
  private int statusStart;
  private int statusLineEnd;

  /** Reads heads of at most that many bytes. */
  public ResponseHead(int maxBytes) {
    super(maxBytes);
  }

  @Override
  public void reset() {
    super.reset();
    status = 0;
  }

  @Override
  Fault beforeStart() {
    return Fault.BAD_STATUS_LINE;
  }

  @Override
  Fault tooLarge(boolean startLineIsComplete) {
    return Fault.HEAD_TOO_LARGE;
  }

  @Override
  Fault startLine(int from, int to) {
    if (to - from < 12
        || !Ascii.same(bytes, from, from + 7, "HTTP/1.")
        || (bytes[from + 7] != '0' && bytes[from + 7] != '1')
        || bytes[from + 8] != ' '
        || (to - from > 12 && bytes[from + 12] != ' ')) {
      return Fault.BAD_STATUS_LINE;
    }
    version11 = bytes[from + 7] == '1';
    statusStart = from + 9;
    statusLineEnd = to;
    status = (int) Ascii.number(bytes, statusStart, statusStart + 3);
    return status < 100 ? Fault.BAD_STATUS_LINE : Fault.NONE;
  }

  @Override
  Fault ownField(FieldName name, int from, int to) {
    return Fault.NONE;
  }

  @Override
  Fault ownFinish() {
    return Fault.NONE;
  }

  /** The status code. */
  public int status() {
    return status;
  }

  /** Whether another head follows: a status of 1xx, but for 101, after which HTTP ends. */
  public boolean isInterim() {
    return status < 200 && status != 101;
  }

  /** Whether an answer of this status has no body, whatever its headers say. */
  public boolean isBodiless() {
    return status < 200 || status == 204 || status == 304;
  }

  /** Whether the body is in chunks. */
  public boolean isChunked() {
    return chunked;
  }

  /**
   * Sets the framing up for the body that follows (RFC 9112, section 6.3).
   *
   * @param toHead whether the request was a HEAD
   */
  public void frame(BodyFraming framing, boolean toHead, int maxTrailer) {
    if (toHead || isBodiless()) {
      framing.startLength(0);
    } else if (chunked) {
      framing.startChunked(maxTrailer);
    } else if (contentLength >= 0) {
      framing.startLength(contentLength);
    } else {
      framing.startUntilClose();
    }
  }

  /** Where the status code begins. */
  public int statusStart() {
    return statusStart;
  }

  /** Where the status line ends, before CR LF. */
  public int statusLineEnd() {
    return statusLineEnd;
  }
}
