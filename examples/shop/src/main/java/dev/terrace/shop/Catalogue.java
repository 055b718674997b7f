package dev.terrace.shop;

import dev.terrace.shop.Options.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisPooled;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** Products and carts, read and written through Redis: {@code product:42}, {@code cart:7}. */
final class Catalogue implements AutoCloseable {

  private static final int TIMEOUT_MS = 2_000;

  private final Endpoint endpoint;
  private final JedisPooled redis;
  private final Complaint complaint = new Complaint("Redis");

  Catalogue(Endpoint endpoint, int poolSize) {
    this.endpoint = endpoint;
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(poolSize);
    pool.setMaxIdle(poolSize);
    pool.setMaxWait(Duration.ofMillis(TIMEOUT_MS));
    this.redis =
        new JedisPooled(
            pool,
            new HostAndPort(endpoint.host(), endpoint.port()),
            DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(TIMEOUT_MS)
                .socketTimeoutMillis(TIMEOUT_MS)
                .build());
  }

  record Product(long id, String name, int priceCents, String description, int stock) {}

  Optional<Product> product(long id) throws Refusal {
    return ask(() -> product(redis.hgetAll("product:" + id)));
  }

  /** Those of these products that exist, in one round trip. */
  List<Product> products(List<Long> ids) throws Refusal {
    return ask(() -> {
      List<Response<Map<String, String>>> answers = new ArrayList<>();
      try (AbstractPipeline pipeline = redis.pipelined()) {
        ids.forEach(id -> answers.add(pipeline.hgetAll("product:" + id)));
        pipeline.sync();
      }
      return answers.stream().flatMap(answer -> product(answer.get()).stream()).toList();
    });
  }

  private static Optional<Product> product(Map<String, String> row) {
    if (row.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Product(
            Long.parseLong(row.getOrDefault("id", "0")),
            row.getOrDefault("name", ""),
            Integer.parseInt(row.getOrDefault("price_cents", "0")),
            row.getOrDefault("description", ""),
            Integer.parseInt(row.getOrDefault("stock", "0"))));
  }

  /** The JSON of a cart's items. */
  String cart(long userId) throws Refusal {
    return ask(() -> redis.hgetAll("cart:" + userId).getOrDefault("items", "{}"));
  }

  void putCart(long userId, String items) throws Refusal {
    ask(() -> redis.hset("cart:" + userId, Map.of("items", items)));
  }

  private interface Question<T> {
    T ask();
  }

  /** All questions may be asked twice: writes replace the whole value. */
  private <T> T ask(Question<T> question) throws Refusal {
    try {
      try {
        return question.ask();
      } catch (JedisConnectionException e) {
        // Pooled connections go stale together when the other side restarts: try with a new one.
        redis.getPool().clear();
        return question.ask();
      }
    } catch (JedisConnectionException e) {
      throw refusal(e, 503, "the cache at " + endpoint + " does not answer");
    } catch (JedisException e) {
      boolean exhausted = String.valueOf(e.getMessage()).contains("get a resource");
      throw exhausted
          ? refusal(e, 503, "the cache at " + endpoint + " does not answer")
          : refusal(e, 502, "the cache refused");
    } catch (NumberFormatException e) {
      throw refusal(e, 502, "the cache holds what is no product");
    }
  }

  private Refusal refusal(RuntimeException e, int status, String message) {
    complaint.say(e);
    return new Refusal(status, message);
  }

  @Override
  public void close() {
    redis.close();
  }
}
