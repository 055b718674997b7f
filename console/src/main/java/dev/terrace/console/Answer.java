package dev.terrace.console;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A whole answer in memory: status, headers of its own, body. */
final class Answer {

  static final int OK = 200;
  static final int BAD_REQUEST = 400;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int METHOD_NOT_ALLOWED = 405;
  static final int CONFLICT = 409;
  static final int TOO_LARGE = 413;
  static final int MISDIRECTED = 421;
  static final int UNPROCESSABLE = 422;
  static final int INTERNAL_ERROR = 500;
  static final int UNAVAILABLE = 503;

  private static final String TEXT = "text/plain; charset=utf-8";

  private final int status;
  private final String contentType;
  private final Map<String, String> headers;
  private final byte[] body;

  Answer(int status, String contentType, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.contentType = contentType;
    this.headers = Map.copyOf(headers);
    this.body = body;
  }

  /** What failed and what to do about it. */
  private record Problem(String error, String remedy) {}

  static Answer json(int status, Object view) {
    return new Answer(status, "application/json", Map.of(), Json.bytes(view));
  }

  static Answer text(int status, String text) {
    return new Answer(status, TEXT, Map.of(), text.getBytes(StandardCharsets.UTF_8));
  }

  static Answer problem(int status, String error, String remedy) {
    return json(status, new Problem(error, remedy));
  }

  Answer with(String header, String value) {
    return new Answer(status, contentType, Map.of(header, value), body);
  }

  int status() {
    return status;
  }

  String contentType() {
    return contentType;
  }

  Map<String, String> headers() {
    return headers;
  }

  byte[] body() {
    return body;
  }
}
