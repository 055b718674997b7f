package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Explanation.Step;
import dev.terrace.testkit.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which of several routes that match is taken, and that the explanation says the same. */
class RoutingOrderTest {

  /** From the widest to the most specific: in file order the first would take everything. */
  private static final List<String> ROUTES =
      List.of(
          "{respond: {body: any}}",
          "{match: {path-regex: '/api/v[0-9]+'}, respond: {body: regex}}",
          "{match: {path: /api/*}, respond: {body: prefix}}",
          "{match: {path: /api/*, header: {X-Beta: '1'}}, respond: {body: prefix with header}}",
          "{match: {path: /api/*, method: POST}, respond: {body: prefix with method}}",
          "{match: {path: /api/v1/*}, respond: {body: longer prefix}}",
          "{match: {path: /api/v1/users}, respond: {body: whole path}}",
          "{match: {host: '*.example'}, respond: {body: wildcard}}",
          "{match: {host: '*.shop.example'}, respond: {body: longer wildcard}}",
          "{match: {host: www.shop.example}, respond: {body: whole host}}");

  private record Asked(String method, String host, String path, Map<String, String> headers) {

    static Asked get(String host, String path) {
      return new Asked("GET", host, path, Map.of());
    }

    String text() {
      StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + host);
      headers.forEach((name, value) -> head.append("\r\n").append(name + ": " + value));
      return head + "\r\nContent-Length: 0\r\n\r\n";
    }
  }

  private static final Map<Asked, String> MOST_SPECIFIC =
      Map.of(
          Asked.get("h", "/other"),
          "any",
          Asked.get("h", "/api/"),
          "prefix",
          Asked.get("h", "/api/v1"),
          "prefix",
          Asked.get("h", "/api/v1/"),
          "longer prefix",
          Asked.get("h", "/api/v1/users"),
          "whole path",
          new Asked("GET", "h", "/api/x", Map.of("X-Beta", "1")),
          "prefix with header",
          new Asked("POST", "h", "/api/x", Map.of("X-Beta", "1")),
          "prefix with method",
          Asked.get("a.example", "/api/v1/users"),
          "wildcard",
          Asked.get("a.shop.example", "/api/v1/users"),
          "longer wildcard",
          Asked.get("WWW.shop.example:80", "/"),
          "whole host");

  private static String file(String order, List<String> routes) {
    return "listen: {http: '127.0.0.1:0'}\nhttp:\n"
        + order
        + "  routes:\n    - "
        + String.join("\n    - ", routes)
        + "\n";
  }

  private static String answer(HttpConnection client, Asked asked) throws IOException {
    client.send(asked.text());
    return client.read().text();
  }

  /** The body of the route that the explanation names. */
  private static String explained(Proxy proxy, String yaml, List<String> routes, Asked asked) {
    Step taken =
        HttpExplain.explain(
                Proxy.parse(yaml),
                proxy.pools,
                asked.method(),
                "http://" + asked.host() + asked.path(),
                asked.headers(),
                "127.0.0.1")
            .steps()
            .stream()
            .filter(step -> step.choice().startsWith("route "))
            .findFirst()
            .orElseThrow();
    String number = taken.choice().replaceFirst("route ([0-9]+) .*", "$1");
    return routes.get(Integer.parseInt(number) - 1).replaceFirst(".*body: ([a-z ]+).*", "$1");
  }

  @Test
  void theMostSpecificRouteIsTakenWhereverItStandsInTheFile() {
    Seeded.rounds(
        11,
        10,
        random -> {
          List<String> routes = new ArrayList<>(ROUTES);
          Collections.shuffle(routes, Random.from(random));
          String yaml = file("  order: specific\n", routes);
          try (Proxy proxy = Proxy.of(yaml);
              HttpConnection client = proxy.connect()) {
            for (Map.Entry<Asked, String> one : MOST_SPECIFIC.entrySet()) {
              String expected = one.getValue();
              assertThat(answer(client, one.getKey())).as("%s", one).isEqualTo(expected);
              assertThat(explained(proxy, yaml, routes, one.getKey())).isEqualTo(expected);
            }
          }
        });
  }

  @Test
  void withoutAWordTheFirstInTheFileIsTakenAndAReloadChangesIt() throws IOException {
    Asked asked = Asked.get("h", "/api/v1/users");
    try (Proxy proxy = Proxy.of(file("", ROUTES));
        HttpConnection client = proxy.connect()) {
      assertThat(answer(client, asked)).isEqualTo("any");
      assertThat(explained(proxy, file("", ROUTES), ROUTES, asked)).isEqualTo("any");
      proxy.configure(file("  order: specific\n", ROUTES));
      assertThat(answer(client, asked)).isEqualTo("whole path");
      proxy.configure(file("  order: file\n", ROUTES));
      assertThat(answer(client, asked)).isEqualTo("any");
    }
  }

  @Test
  void ofEquallySpecificRoutesTheFirstInTheFileIsTaken() throws IOException {
    List<String> routes =
        List.of(
            "{match: {header: {A: '1'}}, respond: {body: a}}",
            "{match: {header: {B: '1'}}, respond: {body: b}}");
    Asked both = new Asked("GET", "h", "/", Map.of("A", "1", "B", "1"));
    try (Proxy proxy = Proxy.of(file("  order: specific\n", routes));
        HttpConnection client = proxy.connect()) {
      assertThat(answer(client, both)).isEqualTo("a");
      proxy.configure(file("  order: specific\n", routes.reversed()));
      assertThat(answer(client, both)).isEqualTo("b");
    }
  }

  @Test
  void theExplanationTriesRoutesInTheSameOrderAndSaysWhy() throws IOException {
    String yaml = file("  order: specific\n", ROUTES);
    try (Proxy proxy = Proxy.of(yaml)) {
      List<String> steps =
          HttpExplain.explain(
                  Proxy.parse(yaml), proxy.pools, "GET", "http://h/api/x", Map.of(), "127.0.0.1")
              .steps()
              .stream()
              .map(step -> step.choice() + " (" + step.reason() + ")")
              .toList();
      assertThat(steps)
          .startsWith("not route 10 (www.shop.example/*) (host is not www.shop.example)")
          .containsSubsequence(
              "not route 5 (POST /api/*) (method is not POST)",
              "not route 4 (/api/* header:X-Beta=1) (header X-Beta is not 1)",
              "route 3 (/api/*) (the most specific that matches /api/x)");
    }
  }
}
