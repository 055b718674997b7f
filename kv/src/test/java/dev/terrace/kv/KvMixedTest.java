package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.sandbox.RedisServer;
import dev.terrace.testkit.NeedsProgram;
import dev.terrace.testkit.SharedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tables and a Redis behind one front. */
@NeedsProgram("redis-server")
class KvMixedTest {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static RedisServer redis;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig rig;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.start();
    rig = KvRig.start(SharedPostgres.get(), "");
    String users =
        "default: cache, password: all, users: {app: {password: pw, commands: [\"+@all\"],"
            + " keys: [\"mine:*\", \"%R~item:*\"], channels: [\"news*\"]}}";
    rig.configure(
        rig.file(users)
            .replace(
                "stores:\n",
                "stores:\n  cache: {engine: redis, shards: [{primary: \""
                    + redis.address()
                    + "\"}]}\n"));
  }

  @AfterAll
  static void stop() {
    rig.close();
    redis.close();
  }

  private static RespWire client() throws Exception {
    RespWire client = RespWire.to(rig.port());
    client.call("AUTH", "default", "all");
    return client;
  }

  @Test
  void aTransactionIsWhereItsFirstKeyIs() throws Exception {
    try (RespWire c = client()) {
      for (int round = 0; round < 2; round++) {
        c.call("DEL", "page:/t");
        c.call("DEL", "free");
        assertThat(c.call("MULTI")).isEqualTo("+OK");
        assertThat(c.call("SET", "page:/t", "row")).isEqualTo("+QUEUED");
        assertThat(c.call("GET", "page:/t")).isEqualTo("+QUEUED");
        assertThat(c.call("EXEC")).contains("OK").contains("row");
        assertThat(c.call("MULTI")).isEqualTo("+OK");
        assertThat(c.call("LPUSH", "free", "x")).isEqualTo("+QUEUED");
        assertThat(c.call("EXEC")).contains("1");
        assertThat(c.call("MULTI")).isEqualTo("+OK");
        assertThat(c.call("SET", "page:/t", "gone")).isEqualTo("+QUEUED");
        assertThat(c.call("DISCARD")).isEqualTo("+OK");
        assertThat(c.call("GET", "page:/t")).isEqualTo("\"row\"");
        assertThat(c.call("EXEC")).contains("EXEC without MULTI");
      }
    }
  }

  @Test
  void aWatchedRowThatChangesEndsTheTransaction() throws Exception {
    try (RespWire c = client();
        RespWire other = client()) {
      c.call("SET", "page:/w", "1");
      c.call("WATCH", "page:/w");
      other.call("SET", "page:/w", "2");
      c.call("MULTI");
      c.call("SET", "page:/w", "3");
      assertThat(c.call("EXEC")).isEqualTo("nil-array");
      c.call("WATCH", "page:/w");
      other.call("SET", "page:/w", "4");
      assertThat(c.call("UNWATCH")).isEqualTo("+OK");
      c.call("MULTI");
      c.call("SET", "page:/w", "5");
      assertThat(c.call("EXEC")).contains("OK");
    }
  }

  @Test
  void usersReachInARedisWhatTheyMay() throws Exception {
    try (RespWire c = client()) {
      c.call("SET", "other:1", "secret");
      assertThat(c.call("AUTH", "app", "pw")).isEqualTo("+OK");
      assertThat(c.call("SET", "mine:1", "x")).isEqualTo("+OK");
      assertThat(c.call("RPUSH", "mine:l", "x")).isEqualTo("1");
      assertThat(c.call("GET", "other:1")).contains("NOPERM");
      assertThat(c.call("MGET", "mine:1", "other:1")).contains("NOPERM");
      assertThat(c.call("EVAL", "return redis.call('get', KEYS[1])", "1", "other:1"))
          .contains("NOPERM");
      assertThat(c.call("PUBLISH", "news:1", "x")).isEqualTo("0");
      assertThat(c.call("PUBLISH", "secret", "x")).contains("NOPERM");
      assertThat(c.call("SUBSCRIBE", "secret")).contains("NOPERM");
      assertThat(c.call("HGET", "item:1", "name")).isEqualTo("nil");
      assertThat(c.call("HSET", "item:1", "name", "x")).contains("NOPERM");
      c.call("MULTI");
      assertThat(c.call("SET", "other:1", "x")).contains("NOPERM");
      assertThat(c.call("EXEC")).contains("EXECABORT");
    }
  }
}
