package dev.terrace.http.wire;

/** An answer's head (RFC 9112, section 4), as strictly read as a request's. */
public final class ResponseHead extends Head {

  private final ConnectionOptions connection = new ConnectionOptions();
  private boolean version11;
  private int status;
  private int statusStart;
  private int statusLineEnd;
  private long contentLength;
  private boolean chunked;

  /** Reads heads of at most that many bytes. */
  public ResponseHead(int maxBytes) {
    super(maxBytes);
    contentLength = -1;
  }

  @Override
  public void reset() {
    super.reset();
    connection.reset();
    status = 0;
    contentLength = -1;
    chunked = false;
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
  Fault knownField(FieldName name, int from, int to) {
    return switch (name) {
      case CONTENT_LENGTH -> {
        if (contentLength >= 0) {
          yield Fault.REPEATED_CONTENT_LENGTH;
        }
        contentLength = Ascii.number(bytes, from, to);
        yield contentLength < 0 ? Fault.BAD_CONTENT_LENGTH : Fault.NONE;
      }
      case TRANSFER_ENCODING -> {
        boolean first = !chunked;
        chunked = true;
        yield first && Ascii.sameIgnoringCase(bytes, from, to, "chunked")
            ? Fault.NONE
            : Fault.UNKNOWN_CODING;
      }
      case CONNECTION -> {
        connection.read(bytes, from, to);
        yield Fault.NONE;
      }
      default -> Fault.NONE;
    };
  }

  @Override
  Fault finish() {
    if (chunked && contentLength >= 0) {
      return Fault.LENGTH_AND_CODING;
    }
    if (chunked && !version11) {
      return Fault.CODING_IN_OLD_VERSION;
    }
    return connection.markNamed(this) ? Fault.NONE : Fault.BAD_CONNECTION;
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

  /** Whether the server lets the connection be used again. */
  public boolean keepsAlive() {
    return !connection.close() && (version11 || connection.keepAlive());
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
