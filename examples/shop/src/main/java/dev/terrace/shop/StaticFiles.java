package dev.terrace.shop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The shop's own files under {@code /static/}: the same for all, so anyone may keep them. */
final class StaticFiles {

  private static final Map<String, String> TYPES =
      Map.of("shop.css", "text/css; charset=utf-8", "logo.svg", "image/svg+xml");
  private static final Map<String, String> KEEP = Map.of("Cache-Control", "public, max-age=3600");

  private StaticFiles() {}

  /** Only what is listed: a name is never made into a path. */
  static Reply reply(String name) throws IOException, Refusal {
    String type = TYPES.get(name);
    if (type == null) {
      throw Refusal.notFound("this file");
    }
    try (InputStream in = StaticFiles.class.getResourceAsStream("static/" + name)) {
      if (in == null) {
        throw Refusal.notFound("this file");
      }
      return new Reply(200, type, KEEP, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
