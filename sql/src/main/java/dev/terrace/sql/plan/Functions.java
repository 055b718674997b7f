package dev.terrace.sql.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of PostgreSQL's own functions, from functions.txt beside this class. A function
 * that is not listed may do anything.
 */
final class Functions {

  /** What a function may do to, or depend on, where it runs. */
  enum Nature {
    /** The same everywhere. */
    PURE,
    /** Reads the clock or the server: differs from shard to shard, changes nothing. */
    LOCAL,
    /** Different at each call; changes nothing. */
    VOLATILE,
    /** The user's own, said to read tables at most: those of the shard that it runs on. */
    READER,
    /** Many rows to one value. */
    AGGREGATE,
    /** Makes sense with OVER alone. */
    WINDOW,
    /** Has state on the server, like a sequence or an advisory lock: always the first shard's. */
    STATE
  }

  private static final Map<String, Nature> KNOWN = load();

  private Functions() {}

  /** The nature of a function by its name and what qualifies it. */
  static Optional<Nature> nature(List<String> path) {
    boolean builtIn =
        path.size() == 1 || (path.size() == 2 && path.getFirst().equals("pg_catalog"));
    return builtIn ? Optional.ofNullable(KNOWN.get(path.getLast())) : Optional.empty();
  }

  private static Map<String, Nature> load() {
    try (InputStream in = Functions.class.getResourceAsStream("functions.txt")) {
      if (in == null) {
        throw new IllegalStateException("functions.txt is missing beside " + Functions.class);
      }
      Map<String, Nature> known = new HashMap<>();
      Nature section = Nature.PURE;
      String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : all.lines().toList()) {
        if (line.startsWith("[")) {
          section = Nature.valueOf(line.substring(1, line.length() - 1));
        } else if (!line.startsWith("#")) {
          for (String name : line.strip().split("\\s+", -1)) {
            known.put(name, section);
          }
        }
      }
      return Map.copyOf(known);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
