package dev.terrace.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {

  private record Request(
      String host,
      String path,
      String method,
      Map<String, String> headers,
      Map<String, String> cookies)
      implements RouteRequest {

    static Request to(String host, String path) {
      return new Request(host, path, "GET", Map.of(), Map.of());
    }

    @Override
    public @Nullable CharSequence header(String name) {
      return headers.get(name);
    }

    @Override
    public @Nullable CharSequence query(String name) {
      return null;
    }

    @Override
    public byte[] clientAddress() {
      return new byte[0];
    }

    @Override
    public @Nullable CharSequence cookie(String name) {
      return cookies.get(name);
    }
  }

  private static RouteRule rule(@Nullable String host, @Nullable String path) {
    return RouteRule.of(Optional.ofNullable(host), Optional.ofNullable(path));
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example, shop.example, true",
    "shop.example, SHOP.Example:8080, true",
    "Shop.Example, shop.example., true",
    "shop.example, xshop.example, false",
    "shop.example, shop.example.org, false",
    "shop.example, '', false",
    "*.example, a.example, true",
    "*.example, a.b.EXAMPLE:1, true",
    "*.example, example, false",
    "*.example, .example, false",
    "*.example, aexample, false",
    "[::1], [::1]:80, true",
    "[::1], [::1], true",
  })
  void hosts(String wanted, String host, boolean matches) {
    assertThat(rule(wanted, null).matches(Request.to(host, "/"))).isEqualTo(matches);
    assertThat(rule(wanted, null).mismatch(Request.to(host, "/")).isEmpty()).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "/*, /, true",
    "/*, *, true",
    "/a, /a, true",
    "/a, /a/, false",
    "/a/*, /a/, true",
    "/a/*, /a/b/c, true",
    "/a/*, /a, false",
    "/a/*, /ab, false",
    "/a/*, /A/b, false",
  })
  void paths(String wanted, String path, boolean matches) {
    assertThat(rule(null, wanted).matches(Request.to("h", path))).isEqualTo(matches);
    assertThat(rule(null, wanted).mismatch(Request.to("h", path)).isEmpty()).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b, /a/b",
    "/a.b/..c, /a.b/..c",
    "/public/%2e%2e/admin, /admin",
    "/public/..%2fadmin, /admin",
    "/public/../admin, /admin",
    "/public/./x/, /public/x/",
    "/a/b/.., /a/",
    "/../../x, /x",
    "//admin, /admin",
    "/a//b, /a/b",
    "/\\admin, /admin",
    "/%61dmin, /admin",
    "/%zz%00%4, /%zz%00%4",
    "/%252e, /%2e",
    "/., /",
    "*, *",
  })
  void pathsAreMatchedAsAServerWouldReadThem(String sent, String matched) {
    assertThat(RoutePath.forMatching(sent)).hasToString(matched);
  }

  @Test
  void aPlainPathIsNotCopied() {
    String path = "/a/b.c/d..";
    assertThat(RoutePath.forMatching(path)).isSameAs(path);
  }

  @Test
  void methodHeadersAndCookiesMustAllHold() {
    RouteRule rule =
        new RouteRule(
            Optional.empty(),
            Optional.of("/x"),
            Optional.empty(),
            Optional.of("POST"),
            Map.of("X-A", "1"),
            Map.of("beta", "2"),
            Map.of(),
            List.of());
    Request all = new Request("h", "/x", "POST", Map.of("X-A", "1"), Map.of("beta", "2"));
    assertThat(rule.matches(all)).isTrue();
    assertThat(rule.label()).isEqualTo("POST /x header:X-A=1 cookie:beta=2");
    Request get = new Request("h", "/x", "GET", all.headers(), all.cookies());
    assertThat(rule.matches(get)).isFalse();
    assertThat(rule.mismatch(get)).contains("method is not POST");
    Request without = new Request("h", "/x", "POST", Map.of(), all.cookies());
    assertThat(rule.matches(without)).isFalse();
    assertThat(rule.mismatch(without)).contains("header X-A is not 1");
    Request other = new Request("h", "/x", "POST", all.headers(), Map.of("beta", "3"));
    assertThat(rule.matches(other)).isFalse();
    assertThat(rule.mismatch(other)).contains("cookie beta is not 2");
  }

  @Test
  void theFirstThatMatchesIsTaken() {
    RouteTable<String> table =
        new RouteTable.Builder<String>()
            .add(rule("a", null), "host")
            .add(rule(null, "/p/*"), "path")
            .add(RouteRule.any(), "any")
            .build(RouteOrder.FILE);
    assertThat(target(table, Request.to("a", "/p/x"))).isEqualTo("host");
    assertThat(target(table, Request.to("b", "/p/x"))).isEqualTo("path");
    assertThat(target(table, Request.to("b", "/q"))).isEqualTo("any");
    assertThat(new RouteTable.Builder<String>().build(RouteOrder.FILE).match(Request.to("b", "/q")))
        .isInstanceOf(RouteTable.NoRoute.class);
  }

  private static String target(RouteTable<String> table, Request request) {
    return switch (table.match(request)) {
      case RouteTable.Matched<String> matched -> matched.target();
      case RouteTable.NoRoute<String>() -> "none";
    };
  }
}
