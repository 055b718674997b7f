package dev.terrace.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What routes do besides leading to one pool: several pools, answers, changes on the way. */
@SuppressWarnings("StringConcatToTextBlock") // the line ends matter
class RouteActionTest {

  private static String file(String routes, Backend... pools) {
    StringBuilder file = new StringBuilder("listen: {http: '127.0.0.1:0'}\npools:\n");
    for (int i = 0; i < pools.length; i++) {
      file.append("  p%d: {members: ['%s']}\n".formatted(i, pools[i].address()));
    }
    return file + "http:\n  routes:\n" + routes.indent(4);
  }

  /** Answers with the request as it came: target, then headers in order of their names. */
  private static Backend mirror() throws IOException {
    return Backend.answering(
        request -> Backend.ok(request.target() + " " + new TreeMap<>(request.headers())));
  }

  @Test
  void weightsShareARoute() throws IOException {
    try (Backend a = Backend.saying("a");
        Backend b = Backend.saying("b");
        Proxy proxy = Proxy.of(file("- {pools: {p0: 80, p1: 20}}", a, b));
        HttpConnection client = proxy.connect()) {
      for (int i = 0; i < 1000; i++) {
        client.get("/");
      }
      assertThat(a.requests.get() + b.requests.get()).isEqualTo(1000);
      assertThat(b.requests.get()).isBetween(120, 280);
    }
  }

  @Test
  void aStickyClientKeepsItsPool() throws IOException {
    try (Backend a = Backend.saying("a");
        Backend b = Backend.saying("b");
        Proxy proxy = Proxy.of(file("- {pools: {p0: 50, p1: 50}, sticky: {cookie: srv}}", a, b));
        HttpConnection client = proxy.connect()) {
      Set<String> seen = new HashSet<>();
      while (seen.size() < 2) {
        HttpConnection.Message first = client.get("/");
        seen.add(first.text());
        String cookie = first.header("set-cookie").split(";", -1)[0];
        for (int i = 0; i < 20; i++) {
          client.send("GET / HTTP/1.1\r\nHost: h\r\nCookie: " + cookie + "\r\n\r\n");
          assertThat(client.read().text()).isEqualTo(first.text());
        }
      }
    }
  }

  @Test
  void aFixedAnswerNeedsNoMember() throws IOException {
    String respond =
        "- {match: {path: /robots.txt}, respond: {status: 200, body: 'User-agent: *',"
            + " headers: {Content-Type: text/plain}}}\n"
            + "- {respond: {status: 204}}";
    try (Proxy proxy = Proxy.of(file(respond).replace("pools:\n", ""));
        HttpConnection client = proxy.connect()) {
      HttpConnection.Message robots = client.get("/robots.txt");
      assertThat(robots.startLine()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(robots.text()).isEqualTo("User-agent: *");
      assertThat(robots.headers())
          .containsOnly(Map.entry("content-type", "text/plain"), Map.entry("content-length", "13"));
      client.send("HEAD /robots.txt HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(client.head().header("content-length")).isEqualTo("13");
      HttpConnection.Message nothing = client.get("/");
      assertThat(nothing.status()).isEqualTo(204);
      assertThat(nothing.headers()).isEmpty();
    }
  }

  @Test
  void headersAndHostAreRewritten() throws IOException {
    String rewrite =
        """
        - pool: p0
          rewrite:
            host: app.internal:81
            request-headers: {set: {A: new}, add: {B: more}, remove: [c]}
            response-headers: {set: {Server: us}, remove: [X-Powered-By]}
        """;
    try (Backend backend =
            Backend.answering(request ->
                Backend.ok(new TreeMap<>(request.headers()).toString())
                    .replace("\r\n\r\n", "\r\nserver: old\r\nx-powered-by: php\r\n\r\n"));
        Proxy proxy = Proxy.of(file(rewrite, backend));
        HttpConnection client = proxy.connect()) {
      client.send("GET / HTTP/1.1\r\na: 1\r\nHost: www\r\nA: 2\r\nb: 3\r\nC: 4\r\nD: 5\r\n\r\n");
      HttpConnection.Message answer = client.read();
      assertThat(answer.text())
          .startsWith("{a=new, b=3,more, d=5, forwarded=")
          .contains("host=app.internal:81, via", "x-forwarded-host=www,");
      assertThat(answer.headers()).containsEntry("server", "us").doesNotContainKey("x-powered-by");
    }
  }

  @Test
  void repeatedHeadersCannotHideBehindTheFirst() throws IOException {
    String routes =
        "- {match: {header: {X-Role: guest}}, respond: {body: guest}}\n- {respond: {body: other}}";
    try (Proxy proxy = Proxy.of(file(routes).replace("pools:\n", ""));
        HttpConnection client = proxy.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Role: guest\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("guest");
      client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Role: guest\r\nX-Role: admin\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("other");
    }
  }

  @Test
  void whatTrustedProxiesSayIsBelievedAndPassedOn() throws IOException {
    String routes = "- {match: {client: [203.0.113.0/24]}, pool: p0}";
    try (Backend backend = mirror();
        Proxy trusting =
            Proxy.of(
                file(routes, backend)
                    .replace("http:\n", "http:\n  trusted-proxies: [127.0.0.0/8, 10.0.0.0/8]\n"));
        Proxy strange = Proxy.of(file(routes, backend));
        HttpConnection client = trusting.connect()) {
      String head =
          "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.7\r\n"
              + "X-Forwarded-For: 10.1.1.1:99\r\nX-Forwarded-Proto: https\r\n"
              + "X-Forwarded-Host: shop\r\nForwarded: for=203.0.113.7\r\n\r\n";
      assertThat(client.send(head).read().text())
          .contains(
              "x-forwarded-for=6.6.6.6, 203.0.113.7, 10.1.1.1:99, 127.0.0.1,",
              "x-forwarded-proto=https",
              "x-forwarded-host=shop,",
              "forwarded=for=203.0.113.7, for=127.0.0.1;proto=http,");
      client.send(
          "GET / HTTP/1.1\r\nHost: h\r\n"
              + "Forwarded: for=\"[2001:db8::1]:1\";by=x, for=203.0.113.9\r\n\r\n");
      assertThat(client.read().text())
          .contains("x-forwarded-for=[2001:db8::1]:1, 203.0.113.9, 127.0.0.1,");
      client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 203.0.113.7, 9.9.9.9\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(404);
      try (HttpConnection other = strange.connect()) {
        assertThat(other.send(head).read().status()).isEqualTo(404);
      }
    }
  }

  @Test
  void pathsAreRewritten() throws IOException {
    String routes =
        """
        - {match: {path: /api/*}, pool: p0, rewrite: {path: /v2/*}}
        - {match: {path-regex: '/u/(\\d+)/(.*)'}, pool: p0, rewrite: {path: '/user/$1/$2'}}
        - {pool: p0, rewrite: {path: /all}}
        """;
    try (Backend backend = Backend.answering(request -> Backend.ok(request.startLine()));
        Proxy proxy = Proxy.of(file(routes, backend));
        HttpConnection client = proxy.connect()) {
      Map<String, String> expected =
          Map.of(
              "/api/users/1?a=/b", "/v2/users/1?a=/b",
              "/api/a%2Fb%20c", "/v2/a%2Fb%20c",
              "/api/../api/x%20y", "/v2/x%20y",
              "/u/7/x%20%25?q", "/user/7/x%20%25?q",
              "/other?q", "/all?q");
      for (Map.Entry<String, String> path : expected.entrySet()) {
        assertThat(client.get(path.getKey()).text())
            .isEqualTo("GET " + path.getValue() + " HTTP/1.1");
      }
      client.send("GET http://h/api/x HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("GET /v2/x HTTP/1.1");
      client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
      assertThat(client.read().text()).isEqualTo("OPTIONS * HTTP/1.1");
    }
  }

  @Test
  void clientsAreSentElsewhere() throws IOException {
    String routes =
        "- {match: {path: /a/*}, redirect: {to: 'https://{host}{path}{query}', status: 308}}\n"
            + "- {redirect: {to: '{scheme}://new.example/', status: 302}}";
    try (Proxy proxy = Proxy.of(file(routes).replace("pools:\n", ""));
        HttpConnection client = proxy.connect()) {
      client.send("GET /a/b%20c?d=e HTTP/1.1\r\nHost: Shop:81\r\n\r\n");
      HttpConnection.Message moved = client.read();
      assertThat(moved.startLine()).isEqualTo("HTTP/1.1 308 Permanent Redirect");
      assertThat(moved.headers())
          .containsOnly(
              Map.entry("location", "https://Shop/a/b%20c?d=e"), Map.entry("content-length", "0"));
      assertThat(client.get("/x").header("location")).isEqualTo("http://new.example/");
    }
  }

  @Test
  void explanationsTellOfAllOfIt() throws IOException {
    String routes =
        """
        - match: {path: /api/*}
          pools: {p0: 95, p1: 5}
          rewrite: {path: /v2/*, host: app.internal}
          rate-limit: {rate: 100/s, burst: 200, by: client}
          hedge: {after: 50ms}
          mirror: {pool: p1, share: 10%}
          max-body: 1KB
        - {match: {path: /old}, redirect: {to: 'https://new{path}{query}', status: 301}}
        - {match: {path: /fixed}, respond: {status: 204}}
        """;
    try (Backend a = Backend.saying("a");
        Backend b = Backend.saying("b");
        Proxy proxy = Proxy.of(file(routes, a, b))) {
      String yaml = file(routes, a, b);
      assertThat(told(proxy, yaml, "/api/x"))
          .contains(
              "rate-limit=100/s by client",
              "max-body=1024 bytes",
              "pools=p0",
              "pool=p0",
              "path=/v2/x",
              "host=app.internal",
              "hedge=a second member after 50ms",
              "mirror=p1",
              "member=" + a.address());
      assertThat(told(proxy, yaml, "/old?q")).contains("redirect=https://new/old?q");
      assertThat(told(proxy, yaml, "/fixed")).contains("answer=204");
    }
  }

  private static List<String> told(Proxy proxy, String yaml, String path) {
    return HttpExplain.explain(Proxy.parse(yaml), proxy.pools, "GET", path, Map.of(), "127.0.0.1")
        .steps()
        .stream()
        .map(step -> step.subject() + "=" + step.choice())
        .toList();
  }
}
