package dev.terrace.config.check;

import dev.terrace.config.HttpConfig;
import dev.terrace.config.bind.KeyPath;
import java.util.stream.IntStream;

/** Warnings of keys that are accepted and do not yet do what they say. */
final class Unbuilt {

  private Unbuilt() {}

  static void run(Inspection file) {
    HttpConfig http = file.config().http();
    if (http.cache().isPresent()) {
      edgeCache(file, KeyPath.of("http", "cache"));
    } else {
      IntStream.range(0, http.routes().size())
          .filter(i -> http.routes().get(i).cache().isPresent())
          .mapToObj(i -> file.sources().item(Inspection.ROUTES, i).key("cache"))
          .findFirst()
          .ifPresent(at -> edgeCache(file, at));
    }
  }

  private static void edgeCache(Inspection file, KeyPath at) {
    file.warn(
        at,
        "http.cache and routes' cache are accepted, but the edge cache is not built yet: requests"
            + " pass to the pool");
  }
}
