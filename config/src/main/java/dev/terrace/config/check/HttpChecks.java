package dev.terrace.config.check;

import dev.terrace.config.HttpConfig;
import dev.terrace.config.RouteConfig;
import dev.terrace.config.RouteConfig.HeaderEditsConfig;
import dev.terrace.config.RouteConfig.MatchConfig;
import dev.terrace.config.RouteConfig.RewriteConfig;
import dev.terrace.config.bind.KeyPath;
import dev.terrace.config.shape.Hosts;
import dev.terrace.core.balance.HashInput;
import dev.terrace.core.route.PathRegex;
import dev.terrace.core.route.RouteRule;
import dev.terrace.core.route.RouteTable;
import dev.terrace.core.route.RouteTable.Matched;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks of routes: pools that exist, conditions that a request can meet. */
final class HttpChecks {

  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?|\\[[0-9A-Fa-f:.]+]");

  private static final Pattern GROUP = Pattern.compile("[$]([0-9])");

  private static final Set<String> MANAGED =
      Set.of(
          "connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade");

  private final Inspection file;

  private HttpChecks(Inspection file) {
    this.file = file;
  }

  static void run(Inspection file) {
    HttpChecks checks = new HttpChecks(file);
    checks.whole(file.config().http());
    List<RouteConfig> routes = file.config().http().routes();
    for (int i = 0; i < routes.size(); i++) {
      checks.route(file.sources().item(Inspection.ROUTES, i), routes.get(i));
    }
    checks.reachable(file.config().http());
  }

  private void route(KeyPath at, RouteConfig route) {
    route.pool().ifPresent(pool -> pool(at.key("pool"), pool));
    route
        .pools()
        .keySet()
        .forEach(pool -> {
          if (!file.sources().names(Inspection.POOLS).contains(pool)) {
            file.mustExist(at.key("pools").key(pool), "pool", pool, Inspection.POOLS);
          }
        });
    route.splitBy().ifPresent(by -> split(at.key("split-by"), by, route));
    route.mirror().ifPresent(mirror -> pool(at.key("mirror").key("pool"), mirror.pool()));
    match(at.key("match"), route.match());
    route
        .sticky()
        .ifPresent(sticky -> file.mustBeToken(at.key("sticky").key("cookie"), sticky.cookie()));
    route.rewrite().ifPresent(rewrite -> rewrite(at.key("rewrite"), rewrite, route.match()));
    route
        .respond()
        .ifPresent(respond -> headers(at.key("respond").key("headers"), respond.headers()));
    if (route.serving().isEmpty()) {
      answered(at, route);
    }
  }

  private void pool(KeyPath at, String pool) {
    file.mustExist(at, "pool", pool, Inspection.POOLS);
  }

  private void split(KeyPath at, HashInput by, RouteConfig route) {
    if (route.pool().isPresent()) {
      file.problemOfKey(at, "there is one pool, nothing to split: remove this key, or use 'pools'");
    }
    switch (by) {
      case HashInput.Header(String name) -> file.mustBeToken(at, name);
      case HashInput.Cookie(String name) -> file.mustBeToken(at, name);
      case HashInput.Query _, HashInput.ClientAddress _, HashInput.Path _, HashInput.None _ -> {}
    }
  }

  /** What only makes sense where a member answers. */
  private void answered(KeyPath at, RouteConfig route) {
    Map<String, Boolean> idle = new LinkedHashMap<>();
    idle.put("rewrite", route.rewrite().isPresent());
    idle.put("split-by", route.splitBy().isPresent());
    idle.put("mirror", route.mirror().isPresent());
    idle.put("sticky", route.sticky().isPresent());
    idle.put("cache", route.cache().isPresent());
    idle.put("response-timeout", route.responseTimeout().isPresent());
    idle.put("attempts", route.attempts().isPresent());
    idle.put("retry-on", route.retryOn().isPresent());
    idle.put("hedge", route.hedge().isPresent());
    idle.forEach((key, given) -> {
      if (given) {
        file.problemOfKey(at.key(key), "no member is asked here: remove this key");
      }
    });
  }

  private void rewrite(KeyPath at, RewriteConfig rewrite, MatchConfig match) {
    rewrite.path().ifPresent(path -> path(at.key("path"), path, match));
    rewrite
        .host()
        .ifPresent(host -> {
          if (!Hosts.isAuthority(host)) {
            file.problem(at.key("host"), "'" + host + "' is not a host, with a port or without");
          }
        });
    edits(at.key("request-headers"), rewrite.requestHeaders());
    edits(at.key("response-headers"), rewrite.responseHeaders());
  }

  private void path(KeyPath at, String path, MatchConfig match) {
    if (path.matches("(?s).*[\\x00- \\x7f-\\uffff?#].*")) {
      file.problem(at, "'" + path + "' is not a path as requests have it");
    } else if (path.endsWith("/*") && match.path().filter(p -> p.endsWith("/*")).isEmpty()) {
      file.problem(at, "there is no prefix to replace: 'match.path' does not end in /*");
    }
    int groups = match.pathRegex().map(PathRegex::groups).orElse(-1);
    Matcher group = GROUP.matcher(path);
    while (group.find()) {
      int number = Integer.parseInt(group.group(1));
      if (groups < 0) {
        file.problem(at, "'" + group.group() + "' stands for a group of 'match.path-regex'");
        return;
      } else if (number > groups) {
        file.problem(at, "'match.path-regex' has " + groups + " groups: no " + group.group());
      }
    }
  }

  private void edits(KeyPath at, HeaderEditsConfig edits) {
    headers(at.key("set"), edits.set());
    headers(at.key("add"), edits.add());
    for (int i = 0; i < edits.remove().size(); i++) {
      KeyPath item = file.sources().item(at.key("remove"), i);
      file.mustBeToken(item, edits.remove().get(i));
      managed(item, edits.remove().get(i));
    }
  }

  private void headers(KeyPath at, Map<String, String> headers) {
    tokenKeys(at, headers.keySet());
    headers.forEach((name, value) -> {
      managed(at.key(name), name);
      if (value.matches("(?s).*[\\x00-\\x08\\x0a-\\x1f\\x7f].*")) {
        file.problem(at.key(name), "a header's value has no control characters");
      }
    });
  }

  /** Headers that say where a message ends or who it is for: a change would be read as another. */
  private void managed(KeyPath at, String name) {
    if (MANAGED.contains(name.toLowerCase(Locale.ROOT))) {
      file.problemOfKey(at, "'" + name + "' is written by Terrace alone");
    }
  }

  private void whole(HttpConfig http) {
    KeyPath at = KeyPath.of("http");
    if (http.proxyProtocol() && http.trustedProxies().isEmpty()) {
      file.problem(
          at.key("proxy-protocol"),
          "nobody could connect: name who sends the header in 'http.trusted-proxies'");
    }
    if (http.http3() && file.config().listen().https().isEmpty()) {
      file.warn(at.key("http3"), "without 'listen.https' nothing is served by HTTP/3");
    }
    if (http.http3() && http.proxyProtocol()) {
      file.warn(at.key("http3"), "HTTP/3 has no PROXY header: with 'proxy-protocol' it is off");
    }
    if (http.http3() && file.config().tls().clientAuth().isPresent()) {
      file.warn(at.key("http3"), "HTTP/3 asks for no certificate: with 'client-auth' it is off");
    }
    http.debugHeader().ifPresent(name -> file.mustBeToken(at.key("debug-header"), name));
  }

  private void match(KeyPath at, MatchConfig match) {
    match.host().ifPresent(host -> host(at.key("host"), host));
    match.method().ifPresent(method -> method(at.key("method"), method));
    tokenKeys(at.key("header"), match.header().keySet());
    tokenKeys(at.key("cookie"), match.cookie().keySet());
  }

  private void host(KeyPath at, String host) {
    if (!HOST.matcher(host).matches()) {
      file.problem(
          at, "'" + host + "' is not a host name without a port, nor *.NAME for all below it");
    }
  }

  private void method(KeyPath at, String method) {
    String upper = method.toUpperCase(Locale.ROOT);
    if (!Inspection.isToken(method)) {
      file.problem(at, "'" + method + "' is not a method");
    } else if (!upper.equals(method)) {
      file.problem(at, "methods are in capitals; did you mean '" + upper + "'?");
    }
  }

  private void tokenKeys(KeyPath at, Iterable<String> names) {
    for (String name : names) {
      if (!Inspection.isToken(name)) {
        file.problemOfKey(at.key(name), Inspection.noToken(name));
      }
    }
  }

  /** Warns of routes that are tried after one that takes all they could take. */
  private void reachable(HttpConfig http) {
    RouteTable.Builder<RouteConfig> table = new RouteTable.Builder<>();
    http.routes().forEach(route -> table.add(route.match().rule(), route));
    List<Matched<RouteConfig>> tried = table.build(http.order()).routes();
    for (int i = 0; i < tried.size(); i++) {
      RouteRule rule = tried.get(i).rule();
      KeyPath at = file.sources().item(Inspection.ROUTES, tried.get(i).index());
      tried.subList(0, i).stream()
          .filter(earlier -> earlier.rule().takesAll() || earlier.rule().equals(rule))
          .findFirst()
          .map(earlier -> file.sources().item(Inspection.ROUTES, earlier.index()))
          .ifPresent(
              earlier -> file.warn(at, "no request comes here: " + earlier + " takes them all"));
    }
  }
}
