package dev.terrace.core.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What members see in place of a path, and where redirects lead. */
class PathRewriteTest {

  private static String apply(PathRewrite rewrite, String path) {
    return rewrite.apply(path, RoutePath.forMatching(path));
  }

  @ParameterizedTest
  @CsvSource({
    "/api/,              /v2/",
    "/api/users/1,       /v2/users/1",
    "/api/a%2Fb,         /v2/a/b",
    "/api/a%2fb/../c,    /v2/a/c",
    "/api/a%20b,         /v2/a%20b",
    "/api/%41,           /v2/%41",
    "//api//x,           /v2/x",
    "/api/../api/x,      /v2/x",
    "/api/../../api/x,   /v2/x",
    "/api/x/%2e%2e/y,    /v2/y",
    "/%61pi/caf%C3%A9,   /v2/caf%C3%A9",
    "/%61pi/%25%3F%23,   /v2/%25%3F%23"
  })
  void aPrefixIsReplaced(String path, String expected) {
    PathRewrite rewrite = PathRewrite.of("/v2/*", Optional.of("/api/*"), Optional.empty());
    String rewritten = apply(rewrite, path);
    assertThat(RoutePath.forMatching(rewritten).toString())
        .as("what a server sees stays below the new prefix")
        .isEqualTo(RoutePath.forMatching(expected).toString())
        .startsWith("/v2/");
  }

  @Test
  void whatFollowsAPrefixIsPassedOnAsItWasWritten() {
    PathRewrite rewrite = PathRewrite.of("/v2/*", Optional.of("/api/*"), Optional.empty());
    assertThat(apply(rewrite, "/api/a%2Fb%20c")).isEqualTo("/v2/a%2Fb%20c");
    assertThat(apply(rewrite, "/api/../api/a%20b?")).isEqualTo("/v2/a%20b%3F");
  }

  @Test
  void groupsOfAnExpressionAreFilledIn() {
    PathRewrite rewrite =
        PathRewrite.of("/u/$2-$1/x$9", Optional.empty(), Optional.of(PathRegex.of("/(\\w+)/(.*)")));
    assertThat(apply(rewrite, "/a/b%20c")).isEqualTo("/u/b%20c-a/x");
  }

  @Test
  void aPathWithoutTemplateTakesThePlaceOfTheWhole() {
    PathRewrite rewrite = PathRewrite.of("/one", Optional.of("/api/*"), Optional.empty());
    assertThat(apply(rewrite, "/api/x")).isEqualTo("/one");
  }

  @Test
  void redirectsAreFilledIn() {
    RedirectTarget target = new RedirectTarget("{scheme}://{host}:1/x{path}{query}{other}");
    assertThat(target.of("https", "Shop.example:8080", "/a%20b", "?c=d"))
        .isEqualTo("https://Shop.example:1/x/a%20b?c=d{other}");
    assertThat(target.of("http", "[::1]:80", "/", "")).isEqualTo("http://[::1]:1/x/{other}");
    assertThat(target.of("http", "[::1]", "/", "")).isEqualTo("http://[::1]:1/x/{other}");
  }
}
