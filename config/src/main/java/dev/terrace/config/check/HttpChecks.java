package dev.terrace.config.check;

import dev.terrace.config.HttpConfig.MatchConfig;
import dev.terrace.config.HttpConfig.RouteConfig;
import dev.terrace.config.bind.KeyPath;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Checks of routes: pools that exist, conditions that a request can meet. */
final class HttpChecks {

  /** RFC 9110, section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\\[[0-9A-Fa-f:.]+]");

  private final Inspection file;

  private HttpChecks(Inspection file) {
    this.file = file;
  }

  static void run(Inspection file) {
    HttpChecks checks = new HttpChecks(file);
    List<RouteConfig> routes = file.config().http().routes();
    for (int i = 0; i < routes.size(); i++) {
      checks.route(file.sources().item(Inspection.ROUTES, i), routes.get(i));
      checks.reachable(routes, i);
    }
  }

  private void route(KeyPath at, RouteConfig route) {
    file.mustExist(at.key("pool"), "pool", route.pool(), Inspection.POOLS);
    match(at.key("match"), route.match());
    route.sticky().ifPresent(sticky -> token(at.key("sticky").key("cookie"), sticky.cookie()));
  }

  private void match(KeyPath at, MatchConfig match) {
    match.host().ifPresent(host -> host(at.key("host"), host));
    match.method().ifPresent(method -> method(at.key("method"), method));
    match.header().keySet().forEach(name -> tokenKey(at.key("header").key(name), name));
    match.cookie().keySet().forEach(name -> tokenKey(at.key("cookie").key(name), name));
  }

  private void host(KeyPath at, String host) {
    if (!HOST.matcher(host).matches()) {
      file.problem(
          at, "'" + host + "' is not a host name without a port, nor *.NAME for all below it");
    }
  }

  private void method(KeyPath at, String method) {
    String upper = method.toUpperCase(Locale.ROOT);
    if (!TOKEN.matcher(method).matches()) {
      file.problem(at, "'" + method + "' is not a method");
    } else if (!upper.equals(method)) {
      file.problem(at, "methods are in capitals; did you mean '" + upper + "'?");
    }
  }

  private void token(KeyPath at, String name) {
    if (!TOKEN.matcher(name).matches()) {
      file.problem(at, "'" + name + "' is not a name that HTTP allows");
    }
  }

  private void tokenKey(KeyPath at, String name) {
    if (!TOKEN.matcher(name).matches()) {
      file.problemOfKey(at, "'" + name + "' is not a name that HTTP allows");
    }
  }

  /** Warns of a route that comes after one that takes all it could take. */
  private void reachable(List<RouteConfig> routes, int index) {
    MatchConfig match = routes.get(index).match();
    for (int i = 0; i < index; i++) {
      MatchConfig earlier = routes.get(i).match();
      if (takesAll(earlier) || earlier.equals(match)) {
        file.warn(
            file.sources().item(Inspection.ROUTES, index),
            "no request comes here: "
                + file.sources().item(Inspection.ROUTES, i)
                + " takes them all");
        return;
      }
    }
  }

  private static boolean takesAll(MatchConfig match) {
    Optional<String> path = match.path().filter(p -> !p.equals("/*"));
    return match.equals(
            new MatchConfig(Optional.empty(), match.path(), Optional.empty(), Map.of(), Map.of()))
        && path.isEmpty();
  }
}
