package dev.terrace.config.check;

import dev.terrace.config.StoreConfig;
import dev.terrace.config.TerraceConfig;
import dev.terrace.config.bind.KeyPath;
import dev.terrace.config.bind.Nearest;
import dev.terrace.config.bind.Problems;
import dev.terrace.config.bind.Sources;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;

/** The file that is looked at, and where findings go. */
record Inspection(TerraceConfig config, Sources sources, Problems problems) {

  static final KeyPath POOLS = KeyPath.of("pools");
  static final KeyPath STORES = KeyPath.of("stores");
  static final KeyPath TABLES = KeyPath.of("tables");
  static final KeyPath COLLECTIONS = KeyPath.of("collections");
  static final KeyPath ROUTES = KeyPath.of("http", "routes");
  static final KeyPath ZONES = KeyPath.of("dns", "zones");

  void problem(KeyPath at, String message) {
    problems.add(sources.at(at), at + ": " + message);
  }

  /** A problem of a name rather than of what it names. */
  void problemOfKey(KeyPath at, String message) {
    problems.add(sources.keyAt(at), at + ": " + message);
  }

  void warn(KeyPath at, String message) {
    problems.warn(sources.at(at), at + ": " + message);
  }

  /** Reports a name that no entry of a section has. */
  void mustExist(KeyPath at, String kind, String name, KeyPath section) {
    Collection<String> known = sources.names(section);
    boolean unknowable = known.isEmpty() && !sources.isWhole(section);
    if (!known.contains(name) && !unknowable) {
      String none = known.isEmpty() ? "; there are none in this file" : "";
      problem(at, "there is no " + kind + " '" + name + "'" + Nearest.hint(name, known) + none);
    }
  }

  /** Reports a name that no store has, or one that holds no tables. */
  void mustBeDatabase(KeyPath at, String name) {
    mustExist(at, "store", name, STORES);
    StoreConfig store = config.stores().get(name);
    if (store != null && !store.engine().isRelational()) {
      problem(at, "store '" + name + "' is " + kind(store) + ", which holds no tables");
    }
  }

  /** Reports a name that no store has, or one that is no Redis. */
  void mustBeRedis(KeyPath at, String name) {
    mustExist(at, "store", name, STORES);
    StoreConfig store = config.stores().get(name);
    if (store != null && !store.engine().isRedis()) {
      problem(at, "store '" + name + "' is " + kind(store) + "; only a redis or valkey will do");
    }
  }

  static String kind(StoreConfig store) {
    return "engine " + store.engine().name().toLowerCase(Locale.ROOT);
  }

  /** RFC 9110, section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  static boolean isToken(String name) {
    return TOKEN.matcher(name).matches();
  }

  static String noToken(String name) {
    return "'" + name + "' is not a name that HTTP allows";
  }

  /** Reports what cannot be the name of a header, a cookie or a method. */
  void mustBeToken(KeyPath at, String name) {
    if (!isToken(name)) {
      problem(at, noToken(name));
    }
  }

  /** Reports names that would not do in a metric, a path of the admin API or a pool's name. */
  void mustBePlain(KeyPath section, String kind) {
    for (String name : sources.names(section)) {
      if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}")) {
        problemOfKey(
            section.key(name),
            "a " + kind + "'s name has letters, digits, '-', '_' and '.' only, 63 at most");
      }
    }
  }
}
