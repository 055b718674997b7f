package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.pool.MemberState;
import dev.terrace.core.signal.Explanation;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which pool and member requests go to, and that the explanation says the same. */
class RoutingTest {

  private static String file(Backend a, Backend b) {
    return """
    listen: {http: '127.0.0.1:0'}
    pools:
      a: {members: ['%s']}
      b: {members: ['%s']}
      both: {members: ['%s', '%s'], balance: 'hash(header:X-User)'}
    http:
      routes:
        - {match: {host: '*.a.example'}, pool: a}
        - {match: {path: /admin/*, method: GET}, pool: b}
        - {match: {cookie: {beta: '1'}, header: {X-T: yes}}, pool: b}
        - {match: {path: /sticky}, pool: both, sticky: {cookie: srv}}
        - {match: {path: /user}, pool: both}
        - {match: {path: /public/*}, pool: a}
    """
        .formatted(a.address(), b.address(), a.address(), b.address());
  }

  private static String ask(HttpConnection client, String path, String headers) throws IOException {
    client.send("GET " + path + " HTTP/1.1\r\n" + headers + "\r\n");
    HttpConnection.Message answer = client.read();
    return answer.status() == 200 ? answer.text() : String.valueOf(answer.status());
  }

  @Test
  void routesDecide() throws IOException {
    try (Backend a = Backend.saying("a");
        Backend b = Backend.saying("b");
        Proxy proxy = Proxy.of(file(a, b));
        HttpConnection client = proxy.connect()) {
      assertThat(ask(client, "/", "Host: X.A.Example:80\r\n")).isEqualTo("a");
      assertThat(ask(client, "/", "Host: a.example\r\n")).isEqualTo("404");
      assertThat(ask(client, "/admin/x?y=/z", "Host: h\r\n")).isEqualTo("b");
      assertThat(ask(client, "/public/x", "Host: h\r\n")).isEqualTo("a");
      assertThat(ask(client, "/public/%2e%2e/admin/x", "Host: h\r\n")).isEqualTo("b");
      assertThat(ask(client, "/", "Host: h\r\nCookie: x=y; beta=1\r\nx-t: yes\r\n")).isEqualTo("b");
      assertThat(ask(client, "/", "Host: h\r\nCookie: beta=11\r\nx-t: yes\r\n")).isEqualTo("404");
    }
  }

  @Test
  void aHashKeepsAUserOnAMember() throws IOException {
    try (Backend a = Backend.saying("a");
        Backend b = Backend.saying("b");
        Proxy proxy = Proxy.of(file(a, b));
        HttpConnection client = proxy.connect()) {
      String seen = "";
      for (int user = 0; user < 40; user++) {
        String headers = "Host: h\r\nX-User: " + user + "\r\n";
        String first = ask(client, "/user", headers);
        assertThat(ask(client, "/user", headers)).isEqualTo(first);
        String member = first.equals("a") ? a.address() : b.address();
        assertThat(steps(proxy, file(a, b), "/user", Map.of("X-User", String.valueOf(user))))
            .contains("member " + member + " (hash(header:X-User))");
        seen += first;
      }
      assertThat(seen).contains("a").contains("b");
    }
  }

  @Test
  void aStickyCookieNamesTheMemberUntilItIsGone() throws IOException {
    try (Backend a = Backend.saying("a");
        Backend b = Backend.saying("b");
        Proxy proxy = Proxy.of(file(a, b));
        HttpConnection client = proxy.connect()) {
      HttpConnection.Message first = client.get("/sticky");
      String cookie = first.header("set-cookie").split(";", -1)[0];
      assertThat(cookie).matches("srv=[0-9a-f]{16}");
      assertThat(first.header("set-cookie")).contains("HttpOnly");
      for (int i = 0; i < 10; i++) {
        client.send(
            "GET /sticky HTTP/1.1\r\nHost: h\r\nX-User: "
                + i
                + "\r\nCookie: "
                + cookie
                + "\r\n\r\n");
        HttpConnection.Message next = client.read();
        assertThat(next.text()).isEqualTo(first.text());
        assertThat(next.headers()).doesNotContainKey("set-cookie");
      }
      assertThat(steps(proxy, file(a, b), "/sticky", Map.of("Cookie", cookie)))
          .contains("(cookie srv names it)");
      String gone = first.text().equals("a") ? a.address() : b.address();
      proxy.pools.get("both").setHealth(gone, MemberState.DOWN, "test");
      client.send("GET /sticky HTTP/1.1\r\nHost: h\r\nCookie: " + cookie + "\r\n\r\n");
      HttpConnection.Message moved = client.read();
      assertThat(moved.text()).isNotEqualTo(first.text());
      assertThat(moved.header("set-cookie")).startsWith("srv=").doesNotContain(cookie);
      proxy.pools.get("both").setHealth(gone, MemberState.UP, "test");
      (gone.equals(a.address()) ? a : b).close();
      client.send("GET /sticky HTTP/1.1\r\nHost: h\r\nCookie: " + cookie + "\r\n\r\n");
      assertThat(client.read().header("set-cookie")).startsWith("srv=").doesNotContain(cookie);
    }
  }

  @Test
  void explanationsTellEveryDecision() throws IOException {
    try (Backend a = Backend.saying("a");
        Backend b = Backend.saying("b");
        Proxy proxy = Proxy.of(file(a, b))) {
      assertThat(steps(proxy, file(a, b), "http://x.a.example/?q", Map.of()))
          .isEqualTo(
              """
              route route 1 (*.a.example/*) (the first that matches /)
              pool a (1 of 1 members are up)
              policy round-robin (the pool's policy)
              member %s (round-robin; the next request may get another)
              """
                  .formatted(a.address()));
      assertThat(steps(proxy, file(a, b), "/nowhere", Map.of("Host", "h")))
          .contains("route not route 2 (GET /admin/*) (path is not /admin/*)")
          .endsWith("answer 404 (NO_ROUTE: no route matches)\n");
      proxy.pools.get("a").setHealth(a.address(), MemberState.DOWN, "HTTP 500");
      assertThat(steps(proxy, file(a, b), "/public/x", Map.of("Host", "h")))
          .contains("member not " + a.address() + " (DOWN: HTTP 500)")
          .endsWith("answer 503 (NO_MEMBER_UP: no member is up)\n");
    }
  }

  private static String steps(Proxy proxy, String yaml, String url, Map<String, String> headers) {
    StringBuilder text = new StringBuilder();
    for (Explanation.Step step :
        HttpExplain.explain(Proxy.parse(yaml), proxy.pools, "GET", url, headers, "127.0.0.1")
            .steps()) {
      text.append(step.subject()).append(' ').append(step.choice());
      text.append(" (").append(step.reason()).append(")\n");
    }
    return text.toString();
  }
}
