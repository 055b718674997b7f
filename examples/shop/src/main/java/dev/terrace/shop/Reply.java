package dev.terrace.shop;

import java.util.Map;

/** An answer before it is sent. */
record Reply(int status, String type, Map<String, String> headers, String body) {

  static Reply html(int status, String page) {
    return text(status, "text/html; charset=utf-8", page);
  }

  static Reply json(int status, String json) {
    return text(status, "application/json", json + "\n");
  }

  static Reply plain(int status, String text) {
    return text(status, "text/plain; charset=utf-8", text + "\n");
  }

  /** See Other: after a form was sent, the browser shows that page. */
  static Reply seeOther(String path) {
    return new Reply(303, "text/plain; charset=utf-8", Map.of("Location", path), "");
  }

  private static Reply text(int status, String type, String text) {
    // Pages are made for one visitor; only static files may be kept.
    Map<String, String> headers = Map.of("Cache-Control", "no-store");
    return new Reply(status, type, headers, text);
  }
}
