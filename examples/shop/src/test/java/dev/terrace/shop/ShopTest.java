package dev.terrace.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.core.place.Key;
import dev.terrace.sandbox.FreePorts;
import dev.terrace.sandbox.PostgresCluster;
import dev.terrace.sandbox.PostgresServer;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.RawClient;
import dev.terrace.testkit.SharedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shop's pages against one real PostgreSQL shard, and with its neighbours missing. */
class ShopTest {

  private static final int SHARD = 0;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static RedisStub redis;
  private static Shop shop;
  private static long user;

  @BeforeAll
  static void start() throws Exception {
    PostgresCluster cluster = SharedPostgres.get();
    user = 1;
    while (SharedPostgres.placement("users").locate(new Key.Whole(user)).shard() != SHARD) {
      user++;
    }
    redis = new RedisStub();
    redis.put("product:42", product("42", "<b>Salt & \"Pepper\"</b>"));
    redis.put("product:1", product("1", "Teapot"));
    PostgresServer primary = cluster.primary(SHARD);
    shop = shop(primary.address(), redis.port());
  }

  @AfterAll
  static void stop() throws IOException {
    shop.close();
    redis.close();
  }

  @Test
  void pagesEscapeWhatTheyShow() throws Exception {
    HttpResponse<String> page = get(shop, "/products/42", "text/html");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains("&lt;b&gt;Salt &amp; &quot;Pepper&quot;&lt;/b&gt;", "&euro;&nbsp;19.99")
        .contains("served by shop on port " + shop.port())
        .doesNotContain("<b>Salt");
    assertThat(page.headers().firstValue("cache-control")).contains("no-store");
    assertThat(get(shop, "/products/42", "application/json").body())
        .contains("{\"id\":42,\"name\":\"<b>Salt & \\\"Pepper\\\"</b>\",\"price_cents\":1999");
  }

  @Test
  void theStartPageShowsWhatExists() throws Exception {
    assertThat(get(shop, "/", "text/html").body()).contains("/products/1\">Teapot</a>");
    assertThat(get(shop, "/", "application/json").body()).startsWith("[{\"id\":1,");
  }

  @Test
  void usersAndTheirOrdersComeFromSql() throws Exception {
    assertThat(get(shop, "/users/" + user, "application/json").body())
        .contains("\"id\":" + user + ",\"name\":\"", "@shop.example\"");
    HttpResponse<String> orders = get(shop, "/users/" + user + "/orders", "application/json");
    assertThat(orders.statusCode()).isEqualTo(200);
    assertThat(orders.body()).contains("\"user_id\":" + user).contains("\"status\":");
    assertThat(get(shop, "/users/999999/orders", "text/html").statusCode()).isEqualTo(404);
    assertThat(get(shop, "/users/999999", "application/json").body())
        .contains("{\"error\":\"user 999999 does not exist\"}");
  }

  @Test
  void anOrderIsPlacedAndThenShown() throws Exception {
    String orders = "/users/" + user + "/orders";
    HttpResponse<String> placed = post(orders, "product=42&quantity=2", "application/json");
    assertThat(placed.statusCode()).isEqualTo(201);
    String id = placed.body().replaceAll("\\D", "");
    assertThat(get(shop, orders, "application/json").body())
        .contains("{\"id\":" + id + ",\"user_id\":" + user + ",\"product_id\":42,\"quantity\":2");
    assertThat(post(orders, "product=42&quantity=1", "text/html").headers().firstValue("location"))
        .contains(orders);
    assertThat(post("/users/999999/orders", "product=42&quantity=2", "text/html").statusCode())
        .isEqualTo(404);
  }

  @Test
  void aCartKeepsWhatIsPutIn() throws Exception {
    assertThat(post("/cart/9", "product=42&quantity=2", "application/json").body())
        .isEqualTo("{\"42\":2}\n");
    post("/cart/9", "product=1&quantity=1", "text/html");
    post("/cart/9", "product=42&quantity=1", "text/html");
    assertThat(get(shop, "/cart/9", "application/json").body()).isEqualTo("{\"1\":1,\"42\":3}\n");
    assertThat(get(shop, "/cart/9", "text/html").body()).contains("action=\"/users/9/orders\"");
    assertThat(get(shop, "/cart/10", "application/json").body()).isEqualTo("{}\n");
  }

  @Test
  void wrongRequestsGetAPageAndNoStackTrace() throws Exception {
    String orders = "/users/" + user + "/orders";
    for (String form :
        new String[] {
          "",
          "product=42",
          "product=42&quantity=0",
          "product=42&quantity=101",
          "product=1;drop+table+orders&quantity=1",
          "product=%zz&quantity=1",
          "quantity=1"
        }) {
      assertThat(post(orders, form, "text/html").statusCode()).as(form).isEqualTo(400);
    }
    assertThat(post(orders, "product=77&quantity=1", "text/html").statusCode()).isEqualTo(404);
    assertThat(post(orders, "x".repeat(20_000), "text/html").statusCode()).isEqualTo(413);
    assertThat(post("/healthz", "", "text/html").statusCode()).isEqualTo(405);
    for (String path :
        new String[] {"/products/x", "/products/-1", "/products/1%20OR%201=1", "/users/0"}) {
      HttpResponse<String> page = get(shop, path, "text/html");
      assertThat(page.statusCode()).as(path).isEqualTo(400);
      assertThat(page.body()).contains("That did not work").doesNotContain("Exception", "\tat ");
    }
    for (String path :
        new String[] {"/nothing", "/products", "/products/1/x", "/static/../shop.css"}) {
      assertThat(get(shop, path, "text/html").statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void staticFilesMayBeKept() throws Exception {
    HttpResponse<String> css = get(shop, "/static/shop.css", "text/css");
    assertThat(css.statusCode()).isEqualTo(200);
    assertThat(css.headers().firstValue("content-type")).contains("text/css; charset=utf-8");
    assertThat(css.headers().firstValue("cache-control")).contains("public, max-age=3600");
    assertThat(get(shop, "/static/logo.svg", "*/*").body()).startsWith("<svg");
    assertThat(get(shop, "/static/schema.sql", "*/*").statusCode()).isEqualTo(404);
  }

  @Test
  void headSendsTheLengthAlone() throws Exception {
    try (RawClient client = RawClient.connect(shop.port())) {
      client.send("HEAD /static/logo.svg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(client.readAll())
          .startsWith("HTTP/1.1 200")
          .containsPattern("(?i)content-length: [1-9]")
          .endsWith("\r\n\r\n");
    }
  }

  @Test
  void withoutNeighboursItSaysWhoIsMissingAndIsHealthyItself() throws Exception {
    try (RedisStub own = new RedisStub();
        Shop alone = shop("127.0.0.1:" + FreePorts.one(), own.port())) {
      own.put("product:42", product("42", "Teapot"));
      assertThat(get(alone, "/products/42", "text/html").statusCode()).isEqualTo(200);
      own.stop();
      HttpResponse<String> product = get(alone, "/products/42", "text/html");
      assertThat(product.statusCode()).isEqualTo(503);
      assertThat(product.body()).contains("the cache at 127.0.0.1:" + own.port());
      HttpResponse<String> orders = get(alone, "/users/1", "application/json");
      assertThat(orders.statusCode()).isEqualTo(503);
      assertThat(orders.body()).contains("the database at 127.0.0.1:");
      assertThat(get(alone, "/healthz", "*/*").body()).isEqualTo("ok\n");
      assertThat(get(alone, "/whoami", "*/*").body()).startsWith("shop on port " + alone.port());

      own.restart();
      Await.until(
          "it recovers by itself",
          () -> {
            try {
              return get(alone, "/products/42", "text/html").statusCode() == 200;
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
    }
  }

  @Test
  void wrongUseIsTold() throws Exception {
    assertThatThrownBy(() -> Shop.start(Map.of(), "--prot", "1").close())
        .hasMessageContaining("--prot is unknown")
        .hasMessageContaining("--port");
    assertThatThrownBy(() -> Shop.start(Map.of(), "--port").close())
        .hasMessageContaining("needs a value");
    assertThatThrownBy(() -> Shop.start(Map.of("SHOP_PORT", "x")).close())
        .hasMessageContaining("--port is a number");
    assertThatThrownBy(() -> Shop.start(Map.of(), "--sql", "nowhere").close())
        .hasMessageContaining("--sql is host:port");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> Shop.start(Map.of(), "--port", "" + taken.getLocalPort()).close())
          .isInstanceOf(IOException.class);
    }
  }

  private static Shop shop(String sql, int kv) throws Exception {
    return Shop.start(
        Map.of(), "--port", "0", "--sql", sql, "--kv", "127.0.0.1:" + kv, "--pool", "4");
  }

  private static Map<String, String> product(String id, String name) {
    return Map.of(
        "id", id, "name", name, "price_cents", "1999", "description", "Fine", "stock", "3");
  }

  private static HttpResponse<String> get(Shop from, String path, String accept) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + from.port() + path))
            .header("Accept", accept)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, String form, String accept)
      throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + shop.port() + path))
            .header("Accept", accept)
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
