package dev.terrace.config.check;

import dev.terrace.config.CollectionConfig;
import dev.terrace.config.CollectionConfig.WriteMode;
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
    file.config().collections().forEach((name, collection) -> writeBack(file, name, collection));
  }

  private static void edgeCache(Inspection file, KeyPath at) {
    file.warn(
        at,
        "http.cache and routes' cache are accepted, but the edge cache is not built yet: requests"
            + " pass to the pool");
  }

  private static void writeBack(Inspection file, String name, CollectionConfig collection) {
    if (collection.cache().write() == WriteMode.BACK) {
      file.warn(
          Inspection.COLLECTIONS.key(name).key("cache").key("write"),
          "write: back is served as write: through until the write log exists: every write is in"
              + " the store before it is answered");
    }
  }
}
