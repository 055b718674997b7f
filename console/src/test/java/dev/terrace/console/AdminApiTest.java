package dev.terrace.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.terrace.core.freshness.LogMark;
import dev.terrace.core.freshness.Lsn;
import dev.terrace.core.freshness.ReplicaProgress.Progress;
import dev.terrace.core.pool.MemberState;
import dev.terrace.core.signal.Metric;
import dev.terrace.net.BindFailure;
import dev.terrace.testkit.Await;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminApiTest {

  private RunningShop shop;

  @BeforeEach
  void start() throws BindFailure {
    shop = new RunningShop();
  }

  @AfterEach
  void stop() {
    shop.close();
  }

  private JsonNode json(String path) {
    HttpResponse<String> answer = Http.get(shop.uri(path));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    return Http.json(answer);
  }

  @Test
  void readyOnlyWhenNothingIsMissing() {
    assertThat(Http.get(shop.uri("/ready")).statusCode()).isEqualTo(200);
    assertThat(Http.get(shop.uri("/ready")).body()).isEqualTo("ready\n");
    shop.missing.add("shop/0/primary: 127.0.0.1:5501 refuses connections");
    HttpResponse<String> answer = Http.get(shop.uri("/ready"));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("not ready", "127.0.0.1:5501 refuses connections");
    assertThat(Http.get(shop.uri("/healthz")).statusCode()).isEqualTo(200);
  }

  @Test
  void poolsTellStatesReasonsAndUsers() {
    shop.pools().get("app").setHealth("127.0.0.1:9002", MemberState.DOWN, "connection refused");
    JsonNode pools = json("/api/pools");
    JsonNode app = pools.get(0);
    assertThat(app.get("name").asText()).isEqualTo("app");
    assertThat(app.get("policy").asText()).isEqualTo("round-robin");
    assertThat(app.get("usedBy").toString()).isEqualTo("[\"http\"]");
    assertThat(app.get("available").asInt()).isEqualTo(2);
    JsonNode down = app.get("members").get(1);
    assertThat(down.get("id").asText()).isEqualTo("127.0.0.1:9002");
    assertThat(down.get("state").asText()).isEqualTo("down");
    assertThat(down.get("reason").asText()).isEqualTo("connection refused");
    assertThat(pools.get(1).get("usedBy").toString()).isEqualTo("[\"dns\"]");
    assertThat(pools.get(2).get("usedBy").toString()).isEqualTo("[\"sql\"]");
    JsonNode health = json("/api/health");
    assertThat(health.get("down").asInt()).isEqualTo(1);
    assertThat(health.get("members").asInt()).isEqualTo(9);
  }

  private void answered(String route, String pool, String status, int count, long nanos) {
    for (int i = 0; i < count; i++) {
      shop.signals.histogram(Metric.HTTP_SECONDS, route).recordNanos(nanos);
    }
    shop.signals.counter(Metric.HTTP_REQUESTS, route, pool, status).add(count);
  }

  private JsonNode route(String name) {
    for (JsonNode route : json("/api/status").get("routes")) {
      if (route.get("route").asText().equals(name)) {
        return route;
      }
    }
    return MissingNode.getInstance();
  }

  @Test
  void routesTellRatesErrorsAndTimes() {
    answered("/*", "app", "2xx", 0, 0);
    answered("none", "none", "4xx", 0, 0);
    Await.until("two readings", () -> route("/*").has("requests"));
    assertThat(route("/*").get("errorShare").isNull()).isTrue();
    assertThat(route("none").isMissingNode()).isTrue();
    answered("/*", "app", "2xx", 90, 1_500_000);
    answered("/*", "app", "4xx", 5, 1_500_000);
    answered("/*", "spare", "5xx", 5, 1_500_000);
    answered("/slow", "app", "2xx", 10, 1_500_000_000);
    Await.until("all are read", () -> route("/slow").path("requests").asInt() == 10);
    JsonNode all = route("/*");
    assertThat(all.get("requests").asInt()).isEqualTo(100);
    assertThat(all.get("pools").toString()).isEqualTo("[\"app\",\"spare\"]");
    assertThat(all.get("errorShare").asDouble()).isEqualTo(0.05);
    assertThat(all.get("p50Millis").asDouble()).isEqualTo(1.5);
    assertThat(all.get("p99Millis").asDouble()).isEqualTo(1.99);
    JsonNode slow = route("/slow");
    assertThat(slow.get("errorShare").asDouble()).isZero();
    assertThat(slow.get("p50Millis").asDouble()).isEqualTo(1500);
  }

  @Test
  void shardsTellServersLagAndPlacements() {
    shop.progress.note(
        "127.0.0.1:5512",
        new Progress(1, Duration.ofMillis(250), 4096, new LogMark(1, new Lsn(8192))));
    JsonNode store = json("/api/shards").get(0);
    JsonNode servers = store.get("shards").get(1).get("servers");
    assertThat(servers.get(0).get("role").asText()).isEqualTo("primary");
    assertThat(servers.get(0).get("member").get("lagMillis").isNull()).isTrue();
    assertThat(servers.get(1).get("role").asText()).isEqualTo("replica");
    assertThat(servers.get(1).get("member").get("lagMillis").asInt()).isEqualTo(250);
    JsonNode tables = store.get("tables");
    assertThat(tables.get(1).toString())
        .isEqualTo(
            "{\"name\":\"orders\",\"rule\":\"hash\",\"column\":\"user_id\",\"splits\":[],"
                + "\"shards\":[0,1]}");
    assertThat(tables.get(2).get("splits").toString()).isEqualTo("[\"2026-01-01\",\"2026-07-01\"]");
    assertThat(tables.get(2).get("shards").toString()).isEqualTo("[0,1,0]");
    assertThat(tables.get(3).get("rule").asText()).isEqualTo("everywhere");
  }

  @Test
  void cacheTellsHitsByCollection() {
    shop.signals.gauge(() -> 7, Metric.KV_CACHE_ENTRIES, "product");
    shop.signals.counter(Metric.KV_CACHE, "product", "miss").add(10);
    shop.signals.counter(Metric.KV_CACHE, "product", "hit").add(30);
    Await.until(
        "a reading",
        Duration.ofSeconds(3),
        () -> json("/api/cache").get("collections").get(0).get("hits").asInt() == 30);
    JsonNode product = json("/api/cache").get("collections").get(0);
    assertThat(product.get("misses").asInt()).isEqualTo(10);
    assertThat(product.get("entries").asInt()).isEqualTo(7);
    assertThat(product.get("ttlMillis").asInt()).isEqualTo(600_000);
  }

  @Test
  void configIsEffectiveAndKeepsSecrets() {
    HttpResponse<String> answer = Http.get(shop.uri("/api/config"));
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).contains("yaml");
    assertThat(answer.body()).contains("connect-timeout", "***").doesNotContain("hunter2");
  }

  @Test
  void statusHoldsAllInOne() {
    JsonNode status = json("/api/status");
    assertThat(status.fieldNames())
        .toIterable()
        .contains("version", "uptimeSeconds", "ready", "tiers", "pools", "stores", "cache");
    assertThat(status.get("tiers").get(1).get("listen").get(0).asText())
        .isEqualTo("127.0.0.1:8080");
  }

  @Test
  void ratesAreDeltasPerSecond() {
    Traffic traffic = new Traffic(shop, 7);
    Await.until(
        "requests per second in the status",
        Duration.ofSeconds(5),
        () -> {
          traffic.step(5);
          JsonNode http = json("/api/status").get("tiers").get(1);
          return http.get("perSecond").asDouble() > 0 && http.get("p99Millis").asDouble() > 0;
        });
  }

  @Test
  void reloadAppliesOrTellsEveryProblem() {
    assertThat(Http.post(shop.uri("/api/reload")).body()).isEqualTo("{\"applied\":true}");
    shop.problems.add("shop.yaml:3:5: unknown key 'htp'; did you mean 'http'?");
    HttpResponse<String> answer = Http.post(shop.uri("/api/reload"));
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(Http.json(answer).get("problems").get(0).asText()).contains("did you mean 'http'?");
    assertThat(Http.json(answer).get("remedy").asText()).isNotEmpty();
  }

  @Test
  void purgeNeedsAKey() {
    HttpResponse<String> answer = Http.post(shop.uri("/api/purge?key=product%3A4%2B2*"));
    assertThat(Http.json(answer).get("purged").asInt()).isEqualTo(3);
    assertThat(shop.purged).containsExactly("product:4+2*");
    assertThat(Http.post(shop.uri("/api/purge")).statusCode()).isEqualTo(400);
    assertThat(Http.post(shop.uri("/api/purge?key=" + "x".repeat(5000))).statusCode())
        .isEqualTo(400);
    assertThat(shop.purged).hasSize(1);
  }

  @Test
  void drainTakesAMemberOutAndUndrainPutsItBack() {
    HttpResponse<String> answer = Http.post(shop.uri("/api/members/app/127.0.0.1%3A9001/drain"));
    assertThat(Http.json(answer).get("state").asText()).isEqualTo("draining");
    assertThat(shop.pools().get("app").snapshot().available()).hasSize(2);
    answer = Http.post(shop.uri("/api/members/app/127.0.0.1:9001/undrain"));
    assertThat(Http.json(answer).get("state").asText()).isEqualTo("up");
    assertThat(shop.pools().get("app").snapshot().available()).hasSize(3);
    // A shard's pool has slashes in its name.
    answer = Http.post(shop.uri("/api/members/shop%2F0%2Freplicas/127.0.0.1:5502/drain"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(shop.pools().get("shop/0/replicas").snapshot().available()).isEmpty();
  }

  @Test
  void unknownThingsAreNamedWithWhatIsKnown() {
    HttpResponse<String> answer = Http.post(shop.uri("/api/members/ap/127.0.0.1:9001/drain"));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("no pool 'ap'", "edges");
    answer = Http.post(shop.uri("/api/members/app/127.0.0.1:1/drain"));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("127.0.0.1:9003");
    answer = Http.get(shop.uri("/api/nothing"));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(Http.json(answer).get("remedy").asText()).isNotEmpty();
  }

  @Test
  void wrongMethodsAreToldTheRightOnes() {
    HttpResponse<String> answer = Http.get(shop.uri("/api/reload"));
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("POST");
    answer = Http.post(shop.uri("/api/pools"));
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(Http.post(shop.uri("/")).statusCode()).isEqualTo(405);
  }

  @Test
  void headHasTheHeadersAlone() {
    HttpResponse<String> answer = Http.head(shop.uri("/ready"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Length")).contains("6");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void aTakenPortIsSaidSo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      String yaml = "listen: {admin: 127.0.0.1:" + taken.getLocalPort() + "}\n";
      assertThatThrownBy(() -> new RunningShop(yaml))
          .isInstanceOf(BindFailure.class)
          .hasMessageContaining("cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("listen.admin");
    }
  }

  @Test
  void aReloadOpensAndClosesListeners() throws BindFailure {
    int first = shop.port();
    shop.console().configure(RunningShop.parse("listen: {admin: 127.0.0.2:0}\n"));
    assertThat(shop.console().addresses()).hasSize(1);
    assertThat(shop.port()).isNotEqualTo(first);
    assertThat(Http.get(URI.create("http://127.0.0.2:" + shop.port() + "/ready")).body())
        .isEqualTo("ready\n");
    assertThatThrownBy(() -> Http.raw(first, "GET /ready HTTP/1.1\r\n\r\n"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void drainEndsStreamsAndLetsTheRestFinish() {
    try (var stream = Http.open(shop.uri("/api/events")).body()) {
      shop.console().drain(Duration.ofSeconds(5)).join();
      assertThat(stream.readAllBytes()).isNotEmpty();
    } catch (IOException e) {
      throw new AssertionError("the stream was cut, not ended", e);
    }
    assertThat(shop.console().addresses()).isEmpty();
  }
}
