package dev.terrace.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Which of several routes is tried first; testkit's RouteOrderPropertyTest draws them at random.
 */
class RouteOrderTest {

  private static RouteRule rule(@Nullable String host, @Nullable String path) {
    return RouteRule.of(Optional.ofNullable(host), Optional.ofNullable(path));
  }

  private static RouteRule rule(
      @Nullable String path,
      @Nullable String regex,
      @Nullable String method,
      Map<String, String> headers,
      Map<String, String> cookies,
      Map<String, String> queries,
      String... clients) {
    return new RouteRule(
        Optional.empty(),
        Optional.ofNullable(path),
        Optional.ofNullable(regex).map(PathRegex::of),
        Optional.ofNullable(method),
        headers,
        cookies,
        queries,
        Arrays.stream(clients).map(Network::parse).toList());
  }

  private static RouteRule path(@Nullable String path, @Nullable String regex) {
    return rule(path, regex, null, Map.of(), Map.of(), Map.of());
  }

  private static RouteRule clients(String... clients) {
    return rule("/x", null, null, Map.of(), Map.of(), Map.of(), clients);
  }

  private static List<String> tried(RouteOrder order, List<RouteRule> rules) {
    RouteTable.Builder<String> table = new RouteTable.Builder<>();
    rules.forEach(rule -> table.add(rule, ""));
    return table.build(order).routes().stream().map(route -> route.rule().label()).toList();
  }

  /** In whatever order they are written they are tried in this one. */
  private static void assertOrder(RouteRule... rules) {
    List<RouteRule> expected = List.of(rules);
    List<String> labels = expected.stream().map(RouteRule::label).toList();
    assertThat(tried(RouteOrder.SPECIFIC, expected)).isEqualTo(labels);
    assertThat(tried(RouteOrder.SPECIFIC, expected.reversed())).isEqualTo(labels);
    assertThat(tried(RouteOrder.FILE, expected.reversed())).isEqualTo(labels.reversed());
  }

  @Test
  void aHostGoesBeforeAnyPath() {
    assertOrder(
        rule("a.example", null),
        rule("*.longer.example", "/p"),
        rule("*.longer.example", null),
        rule("*.example", "/p"),
        rule(null, "/p"));
  }

  @Test
  void aWholePathGoesBeforeLongerPrefixesAndExpressionsBeforeNothing() {
    assertOrder(
        path("/api", null),
        path("/api/users/*", null),
        path("/api/*", "/api/v\\d+"),
        path("/api/*", null),
        path(null, "/[a-z]+/a/very/long/expression"),
        path("/*", null));
  }

  @Test
  void thenMethodHeadersQueryCookiesAndClient() {
    Map<String, String> one = Map.of("a", "1");
    Map<String, String> two = Map.of("a", "1", "b", "2");
    assertOrder(
        rule("/x", null, "GET", Map.of(), Map.of(), Map.of()),
        rule("/x", null, null, two, Map.of(), Map.of()),
        rule("/x", null, null, one, Map.of(), two),
        rule("/x", null, null, one, two, one),
        rule("/x", null, null, one, one, one, "10.0.0.0/8"),
        rule("/x", null, null, one, one, one),
        rule("/x", null, null, one, Map.of(), Map.of()),
        rule("/x", null, null, Map.of(), Map.of(), one),
        rule("/x", null, null, Map.of(), one, Map.of()),
        clients("10.0.0.0/8"),
        rule(null, "/x"));
  }

  @Test
  void theNarrowerNetworkGoesFirstAndTheWidestOfSeveralCounts() {
    assertOrder(
        clients("10.1.2.3"),
        clients("10.1.2.0/24"),
        clients("10.1.0.0/16", "192.0.2.1"),
        clients("10.0.0.0/8"),
        clients("0.0.0.0/0"),
        clients("2001:db8::/32"),
        clients("::/0"),
        rule(null, "/x"));
  }

  @Test
  void tiesStayInFileOrder() {
    RouteRule a = rule("a.example", "/a/*");
    RouteRule b = rule("b.example", "/b/*");
    assertThat(tried(RouteOrder.SPECIFIC, List.of(a, b))).containsExactly(a.label(), b.label());
    assertThat(tried(RouteOrder.SPECIFIC, List.of(b, a))).containsExactly(b.label(), a.label());
  }

  @Test
  void aRouteKeepsItsPlaceInTheFile() {
    RouteTable<String> table =
        new RouteTable.Builder<String>()
            .add(rule(null, "/*"), "any")
            .add(rule(null, "/a"), "a")
            .build(RouteOrder.SPECIFIC);
    assertThat(table.routes().stream().map(RouteTable.Matched::index)).containsExactly(1, 0);
  }
}
