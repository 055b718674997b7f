package dev.terrace.architecture;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The table of which module may depend on which, as it stands in ARCHITECTURE.md. */
final class Modules {

  private static final String ROOT = "dev.terrace.";

  /** One row: a module by its package below dev.terrace, and the others that it may know. */
  record Module(String name, Set<String> mayKnow) {

    Module {
      mayKnow = Set.copyOf(mayKnow);
    }

    String packages() {
      return ROOT + name + "..";
    }
  }

  /** The rows; engines are all below {@code engines}. */
  static final List<Module> ALL =
      List.of(
          row("core"),
          row("config", "core"),
          row("net", "core"),
          row("engine", "core"),
          row("engines", "core", "net", "engine"),
          row("dns", "core", "config", "net"),
          row("http", "core", "config", "net"),
          row("sql", "core", "config", "net"),
          row("kv", "core", "config", "net", "engine"),
          row("coherence", "core", "engine"),
          row("plan", "core", "config"),
          row("console", "core", "config", "net"),
          row("sandbox"),
          row(
              "app",
              "core",
              "config",
              "net",
              "engine",
              "engines",
              "dns",
              "http",
              "sql",
              "kv",
              "coherence",
              "plan",
              "console",
              "sandbox"));

  static final List<String> FRONTS = List.of("dns", "http", "sql", "kv", "console");

  private Modules() {}

  private static Module row(String name, String... mayKnow) {
    return new Module(name, Set.of(mayKnow));
  }

  static Module named(String name) {
    return ALL.stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  /** The module that a package belongs to. */
  static Optional<Module> of(String packageName) {
    return ALL.stream()
        .filter(m -> (packageName + ".").startsWith(ROOT + m.name() + "."))
        .findFirst();
  }
}
