package dev.terrace.config.check;

import dev.terrace.config.StoreConfig;
import dev.terrace.config.bind.KeyPath;
import dev.terrace.config.shape.Hosts;
import dev.terrace.core.pool.Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Checks of what listens: that it has something to serve, a port of its own, and a lock. */
final class ListenChecks {

  private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

  private record Listener(KeyPath at, Address address) {

    /** Whether the system would refuse one of the two, or split connections between them. */
    boolean takes(Address other) {
      String a = host(address);
      String b = host(other);
      return address.port() != 0
          && address.port() == other.port()
          && (a.equals(b) || WILDCARDS.contains(a) || WILDCARDS.contains(b));
    }

    private static String host(Address address) {
      String host = address.host().toLowerCase(Locale.ROOT);
      return host.equals("localhost") ? "127.0.0.1" : host;
    }
  }

  private final Inspection file;

  private ListenChecks(Inspection file) {
    this.file = file;
  }

  static void run(Inspection file) {
    ListenChecks checks = new ListenChecks(file);
    Map<String, List<Listener>> fronts = checks.fronts();
    boolean none = fronts.values().stream().allMatch(List::isEmpty);
    KeyPath listen = KeyPath.of("listen");
    if (none && file.sources().isWhole(listen)) {
      file.warn(listen, "nothing listens: add http: 127.0.0.1:8080, for example");
    }
    checks.content(fronts);
    checks.doubles(fronts);
    checks.locks(fronts);
  }

  private Map<String, List<Listener>> fronts() {
    var listen = file.config().listen();
    Map<String, List<Listener>> fronts = new LinkedHashMap<>();
    fronts.put("dns", listeners("dns", listen.dns()));
    fronts.put("http", listeners("http", listen.http()));
    fronts.put("https", listeners("https", listen.https()));
    fronts.put("sql", listeners("sql", listen.sql()));
    fronts.put("kv", listeners("kv", listen.kv()));
    fronts.put("admin", listeners("admin", listen.admin()));
    return fronts;
  }

  private List<Listener> listeners(String front, List<Address> addresses) {
    KeyPath list = KeyPath.of("listen", front);
    List<Listener> listeners = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      listeners.add(new Listener(file.sources().item(list, i), addresses.get(i)));
    }
    return listeners;
  }

  private void content(Map<String, List<Listener>> fronts) {
    Map<String, KeyPath> content =
        Map.of(
            "dns", Inspection.ZONES,
            "http", Inspection.ROUTES,
            "https", Inspection.ROUTES,
            "sql", Inspection.STORES,
            "kv", Inspection.COLLECTIONS);
    var config = file.config();
    Map<String, Boolean> empty =
        Map.of(
            "dns", config.dns().zones().isEmpty(),
            "http", config.http().routes().isEmpty(),
            "https", config.http().routes().isEmpty(),
            "sql", config.stores().isEmpty(),
            "kv", config.collections().isEmpty() && config.kv().defaultStore().isEmpty());
    content.forEach((front, section) -> {
      boolean listens = !fronts.getOrDefault(front, List.of()).isEmpty();
      if (listens && empty.getOrDefault(front, false) && file.sources().isWhole(section)) {
        file.problem(
            KeyPath.of("listen", front),
            "there is nothing to serve here: add '" + section + "', or remove this key");
      }
    });
  }

  private void doubles(Map<String, List<Listener>> fronts) {
    List<Listener> seen = new ArrayList<>();
    for (List<Listener> listeners : fronts.values()) {
      for (Listener listener : listeners) {
        seen.stream()
            .filter(earlier -> earlier.takes(listener.address()))
            .findFirst()
            .ifPresent(earlier ->
                file.problem(
                    listener.at(),
                    "'"
                        + listener.address()
                        + "' is taken already: "
                        + earlier.at()
                        + " listens on "
                        + earlier.address()));
        seen.add(listener);
      }
    }
  }

  private void locks(Map<String, List<Listener>> fronts) {
    fronts.forEach((front, listeners) -> {
      for (Listener listener : listeners) {
        if (!Hosts.isLoopback(listener.address())) {
          lock(front, listener);
        }
      }
    });
  }

  private void lock(String front, Listener listener) {
    String open = "'" + listener.address() + "' can be reached from other machines, ";
    switch (front) {
      case "admin" ->
          file.problem(
              listener.at(),
              open + "and the admin API asks for no password: listen on 127.0.0.1 or [::1]");
      case "kv" -> {
        boolean strangers =
            file.config().kv().password().isEmpty() && file.config().kv().users().isEmpty();
        if (strangers && isWhole("kv")) {
          file.problem(
              listener.at(), open + "so 'kv.password' is needed; or listen on 127.0.0.1 or [::1]");
        }
      }
      case "sql" -> {
        if (!hasSqlPassword() && isWhole("sql") && isWhole("stores")) {
          file.problem(
              listener.at(),
              open
                  + "so 'sql.users' or the store's 'password' is needed; or listen on 127.0.0.1 or"
                  + " [::1]");
        }
      }
      default -> {
        // HTTP and DNS are for everyone.
      }
    }
  }

  private boolean isWhole(String section) {
    return file.sources().isWhole(KeyPath.of(section));
  }

  private boolean hasSqlPassword() {
    var sql = file.config().sql();
    Map<String, StoreConfig> stores = file.config().stores();
    List<StoreConfig> served =
        stores.entrySet().stream()
            .filter(store -> sql.stores().isEmpty() || sql.stores().contains(store.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    boolean inStores =
        !served.isEmpty() && served.stream().allMatch(store -> store.password().isPresent());
    return !sql.users().isEmpty() || sql.authQuery().isPresent() || inStores;
  }
}
