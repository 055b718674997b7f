package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.core.signal.Explanation.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several pools of a route, where a key of the request decides among them. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class RoutingSplitTest {

  private static final int USERS = 300;

  private final Backend app;
  private final Backend canary;

  RoutingSplitTest() throws IOException {
    app = Backend.saying("app");
    canary = Backend.saying("canary");
  }

  @AfterEach
  void stop() throws IOException {
    app.close();
    canary.close();
  }

  private String file(int appWeight, int canaryWeight, String more) {
    return """
    listen: {http: '127.0.0.1:0'}
    pools:
      app: {members: ['%s']}
      canary: {members: ['%s']}
    http:
      trusted-proxies: [127.0.0.0/8]
      routes:
        - {pools: {app: %d, canary: %d}, %s}
    """
        .formatted(app.address(), canary.address(), appWeight, canaryWeight, more);
  }

  private static String ask(HttpConnection client, String target, String header)
      throws IOException {
    client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n" + header + "\r\n");
    return client.read().text();
  }

  private static String ofUser(HttpConnection client, int user) throws IOException {
    return ask(client, "/", "X-User: " + user + "\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "header:X-User, /, X-User: %d",
    "cookie:visitor, /, Cookie: a=b; visitor=%d",
    "query:user, /?a=b&user=%d, X-A: b",
    "path, /users/%d?any, X-A: b",
    "client-ip, /, X-Forwarded-For: 192.0.2.%d",
  })
  void theSameKeyGoesToTheSamePool(String by, String target, String header) throws IOException {
    try (Proxy proxy = Proxy.of(file(50, 50, "split-by: '" + by + "'"));
        HttpConnection client = proxy.connect();
        HttpConnection other = proxy.connect()) {
      Set<String> seen = new HashSet<>();
      for (int key = 0; key < 20; key++) {
        String line = header.formatted(key) + "\r\n";
        String first = ask(client, target.formatted(key), line);
        for (int again = 0; again < 5; again++) {
          assertThat(ask(other, target.formatted(key), line)).isEqualTo(first);
        }
        seen.add(first);
      }
      assertThat(seen).containsExactlyInAnyOrder("app", "canary");
    }
  }

  @Test
  void aCanaryThatGrowsKeepsItsUsersAndGetsItsShare() throws IOException {
    try (Proxy proxy = Proxy.of(file(90, 10, "split-by: 'header:X-User'"));
        HttpConnection client = proxy.connect()) {
      Set<Integer> before = Set.of();
      for (int percent : new int[] {10, 20, 50}) {
        proxy.configure(file(100 - percent, percent, "split-by: 'header:X-User'"));
        Set<Integer> now = new HashSet<>();
        for (int user = 0; user < USERS; user++) {
          if (ofUser(client, user).equals("canary")) {
            now.add(user);
          }
        }
        assertThat(now).containsAll(before);
        assertThat(now.size() * 100 / USERS).isBetween(percent * 6 / 10, percent * 14 / 10);
        before = now;
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"X-Other: 1", "X-User:"})
  void requestsWithoutTheKeyAreSharedByWeight(String header) throws IOException {
    try (Proxy proxy = Proxy.of(file(80, 20, "split-by: 'header:X-User'"));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 1000; i++) {
        ask(client, "/", header + "\r\n");
      }
      assertThat(app.requests.get() + canary.requests.get()).isEqualTo(1000);
      assertThat(canary.requests.get()).isBetween(120, 280);
    }
  }

  @Test
  void aStickyCookieCountsMoreThanTheKey() throws IOException {
    String more = "split-by: 'header:X-User', sticky: {cookie: srv}";
    try (Proxy proxy = Proxy.of(file(50, 50, more));
        HttpConnection client = proxy.connect()) {
      HttpConnection.Message first = client.get("/");
      String cookie = "Cookie: " + first.header("set-cookie").split(";", -1)[0] + "\r\n";
      for (int user = 0; user < 20; user++) {
        assertThat(ask(client, "/", "X-User: " + user + "\r\n" + cookie)).isEqualTo(first.text());
      }
    }
  }

  @Test
  void theExplanationNamesThePoolThatServes() throws IOException {
    String yaml = file(70, 30, "split-by: 'header:X-User'");
    try (Proxy proxy = Proxy.of(yaml);
        HttpConnection client = proxy.connect()) {
      List<String> told = new ArrayList<>();
      List<String> served = new ArrayList<>();
      for (int user = 0; user < 40; user++) {
        served.add(ofUser(client, user));
        Step pools = pools(proxy, yaml, Map.of("X-User", String.valueOf(user)));
        assertThat(pools.reason()).endsWith("of 100 shares, this header:X-User among them");
        told.add(pools.choice());
      }
      assertThat(told).isEqualTo(served).contains("app", "canary");
      Step without = pools(proxy, yaml, Map.of());
      assertThat(without.choice()).isEqualTo("app");
      assertThat(without.reason())
          .isEqualTo("has 70 of 100 shares; the next request may get another");
    }
  }

  private static Step pools(Proxy proxy, String yaml, Map<String, String> headers) {
    return HttpExplain.explain(Proxy.parse(yaml), proxy.pools, "GET", "/", headers, "127.0.0.1")
        .steps()
        .stream()
        .filter(step -> step.subject().equals("pools"))
        .findFirst()
        .orElseThrow();
  }
}
