package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.SharedPostgres;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.args.ExpiryOption;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.GetExParams;
import redis.clients.jedis.params.SetParams;

/** Every command through Jedis, over RESP2 and RESP3, against real sharded tables. */
abstract class KvCommandsContract {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig rig;

  private final RedisProtocol protocol;

  KvCommandsContract(RedisProtocol protocol) {
    this.protocol = protocol;
  }

  @BeforeAll
  static void start() throws Exception {
    rig = KvRig.start(SharedPostgres.get(), "");
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  /** Work with a client. */
  @FunctionalInterface
  private interface Work {
    void with(Jedis client) throws Exception;
  }

  private void client(Work work) throws Exception {
    try (Jedis client = rig.client(protocol)) {
      work.with(client);
    }
  }

  private static void refused(Runnable call, String... parts) {
    assertThatThrownBy(call::run)
        .isInstanceOf(JedisDataException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void connectionCommands() throws Exception {
    client(c -> {
      assertThat(c.ping()).isEqualTo("PONG");
      assertThat(c.ping("x")).isEqualTo("x");
      assertThat(c.echo("hello")).isEqualTo("hello");
      assertThat(c.select(0)).isEqualTo("OK");
      refused(() -> c.select(1), "only database 0");
      assertThat(c.clientSetname("tester")).isEqualTo("OK");
      assertThat(c.clientGetname()).isEqualTo("tester");
      assertThat(c.clientId()).isPositive();
      assertThat(c.clientList()).contains("name=tester").contains("cmd=client");
      assertThat(c.clientInfo()).contains("lib-name=jedis");
      assertThat(c.time()).hasSize(2);
      assertThat(c.configGet("max*")).containsKeys("maxmemory", "maxclients");
      assertThat(c.info()).contains("redis_version:7.4.0", "# Keyspace", "role:master");
      assertThat(c.info("clients")).contains("connected_clients").doesNotContain("# Server");
      assertThat(c.commandCount()).isGreaterThan(40);
      assertThat(c.commandInfo("get"))
          .hasEntrySatisfying("get", info -> assertThat(info.getArity()).isEqualTo(2));
      refused(() -> c.auth("x"), "without any password configured");
    });
  }

  @Test
  void errorsAreRedissWords() throws Exception {
    client(c -> {
      refused(
          () -> c.sendCommand(() -> b("NOSUCH"), "a"),
          "ERR unknown command 'NOSUCH', with args beginning with: 'a'");
      refused(() -> c.sendCommand(Protocol.Command.GET), "wrong number of arguments for 'get'");
      refused(() -> c.get("item:1"), "WRONGTYPE", "collection 'item' holds hashes");
      refused(() -> c.hget("page:x", "a"), "WRONGTYPE");
      refused(() -> c.get("nothing:1"), "belongs to no collection", "item");
      refused(() -> c.get("nocolon"), "'nocolon' belongs to no collection");
      refused(() -> c.hgetAll("item:abc"), "'abc' is not a whole number", "items.id is bigint");
      refused(() -> c.get("blob:1"), "is not a uuid");
      refused(() -> c.rename("item:1", "item:2"), "refused", "identity");
      refused(() -> c.flushAll(), "refused");
    });
  }

  private static byte[] b(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void hashes() throws Exception {
    client(c -> {
      String key = "item:" + (protocol == RedisProtocol.RESP2 ? 100 : 200);
      assertThat(c.hgetAll(key)).isEmpty();
      assertThat(c.exists(key)).isFalse();
      assertThat(c.hset(key, Map.of("name", "tea", "price", "3.5"))).isEqualTo(2);
      String id = key.substring(5);
      assertThat(c.hgetAll(key)).isEqualTo(Map.of("id", id, "name", "tea", "price", "3.50"));
      assertThat(rig.sql("SELECT name || price FROM items WHERE id = " + id))
          .containsExactly("tea3.50");
      assertThat(c.hset(key, Map.of("name", "green tea", "note", "hot"))).isEqualTo(1);
      assertThat(c.hget(key, "name")).isEqualTo("green tea");
      assertThat(c.hget(key, "stock")).isNull();
      assertThat(c.hmget(key, "note", "stock", "name")).containsExactly("hot", null, "green tea");
      assertThat(c.hexists(key, "note")).isTrue();
      assertThat(c.hexists(key, "stock")).isFalse();
      assertThat(c.hexists(key, "nope")).isFalse();
      assertThat(c.hkeys(key)).containsExactlyInAnyOrder("id", "name", "price", "note");
      assertThat(c.hvals(key)).containsExactlyInAnyOrder(id, "green tea", "3.50", "hot");
      assertThat(c.hlen(key)).isEqualTo(4);
      assertThat(c.hstrlen(key, "name")).isEqualTo(9);
      assertThat(c.type(key)).isEqualTo("hash");
      assertThat(c.hsetnx(key, "name", "x")).isZero();
      assertThat(c.hsetnx(key, "stock", "5")).isEqualTo(1);
      assertThat(c.hincrBy(key, "stock", -7)).isEqualTo(-2);
      refused(() -> c.hincrBy(key, "name", 1), "hash value is not an integer");
      assertThat(c.hdel(key, "note", "stock")).isEqualTo(2);
      assertThat(c.hdel(key, "note")).isZero();
      assertThat(c.hget(key, "note")).isNull();
      assertThat(c.hmset(key, Map.of("note", "cold"))).isEqualTo("OK");
      assertThat(c.del(key, "item:999999")).isEqualTo(1);
      assertThat(c.hlen(key)).isZero();
      assertThat(rig.sql("SELECT 1 FROM items WHERE id = " + id)).isEmpty();
    });
  }

  @Test
  void hashesRefuseWhatDoesNotFit() throws Exception {
    client(c -> {
      String key = "item:" + (protocol == RedisProtocol.RESP2 ? 101 : 201);
      refused(() -> c.hset(key, "price", "1"), "\"name\"", "null");
      c.hset(key, "name", "fits");
      refused(() -> c.hset(key, "nam", "x"), "collection 'item' has no field 'nam'", "name");
      refused(() -> c.hget(key, "nam"), "has no field 'nam'");
      refused(() -> c.hset(key, "stock", "many"), "items.stock (integer)", "many");
      refused(() -> c.hset(key, "tag", "toolong"), "items.tag", "character varying(5)");
      refused(() -> c.hset(key, "id", "7"), "is the key");
      refused(() -> c.hset(key, "expires_at", "now"), "use EXPIRE");
      refused(() -> c.hdel(key, "id"), "use DEL");
      refused(() -> c.hdel(key, "name"), "null");
      assertThat(c.hgetAll(key)).containsEntry("name", "fits").hasSize(2);
    });
  }

  @Test
  void binaryAndUnicodeSurvive() throws Exception {
    client(c -> {
      byte[] key = b("item:" + (protocol == RedisProtocol.RESP2 ? 102 : 202));
      byte[] bytes = {0, '\r', '\n', (byte) 0xFF, '$'};
      c.hset(key, Map.of(b("name"), b("žlutý \uD83D\uDC34 \r\n+OK"), b("data"), bytes));
      assertThat(c.hget(key, b("data"))).isEqualTo(bytes);
      assertThat(c.hget(key, b("name"))).isEqualTo(b("žlutý \uD83D\uDC34 \r\n+OK"));
      byte[] blob = b("blob:6BA7B810-9DAD-11D1-80B4-00C04FD430C8");
      c.set(blob, bytes);
      assertThat(c.get(b("blob:6ba7b810-9dad-11d1-80b4-00c04fd430c8"))).isEqualTo(bytes);
      c.set(b("page:日本 語"), b(""));
      assertThat(c.get(b("page:日本 語"))).isEmpty();
    });
  }

  @Test
  void aNumberIsOneKeyHoweverItIsWritten() throws Exception {
    client(c -> {
      c.set("price:1.50", "cheap");
      c.set("price:700", "dear");
      assertThat(c.mget("price:1.5", "price:01.500", "price:15e-1", "price:7e2", "price:2"))
          .containsExactly("cheap", "cheap", "cheap", "dear", null);
      assertThat(c.del("price:+1.500", "price:700.00")).isEqualTo(2);
      assertThat(c.get("price:1.5")).isNull();
      refused(() -> c.get("price:cheap"), "is not a number");
    });
  }

  @Test
  void strings() throws Exception {
    client(c -> {
      String key = "page:/a/" + protocol;
      assertThat(c.get(key)).isNull();
      assertThat(c.set(key, "one")).isEqualTo("OK");
      assertThat(c.get(key)).isEqualTo("one");
      assertThat(rig.sql("SELECT body FROM pages WHERE path = '/a/" + protocol + "'"))
          .containsExactly("one");
      assertThat(c.set(key, "two", SetParams.setParams().nx())).isNull();
      assertThat(c.set(key, "two", SetParams.setParams().xx())).isEqualTo("OK");
      assertThat(c.setGet(key, "three")).isEqualTo("two");
      assertThat(c.set(key + "x", "x", SetParams.setParams().xx())).isNull();
      assertThat(c.setnx(key, "x")).isZero();
      assertThat(c.setnx(key + "n", "new")).isEqualTo(1);
      assertThat(c.setGet(key, "four")).isEqualTo("three");
      assertThat(c.strlen(key)).isEqualTo(4);
      assertThat(c.getrange(key, 1, -2)).isEqualTo("ou");
      assertThat(c.append(key, "teen")).isEqualTo(8);
      assertThat(c.mset(key + "1", "m1", key + "2", "m2")).isEqualTo("OK");
      assertThat(c.mget(key + "1", "page:none", key + "2", "item:1"))
          .containsExactly("m1", null, "m2", null);
      assertThat(c.type(key)).isEqualTo("string");
      assertThat(c.type("page:none")).isEqualTo("none");
      assertThat(c.exists(key, key + "1", "page:none")).isEqualTo(2);
      assertThat(c.getDel(key)).isEqualTo("fourteen");
      assertThat(c.getDel(key)).isNull();
      assertThat(c.unlink(key + "1", key + "2", key + "n")).isEqualTo(3);
    });
  }

  @Test
  void counters() throws Exception {
    client(c -> {
      String key = "counter:" + (protocol == RedisProtocol.RESP2 ? 1 : 2);
      assertThat(c.incr(key)).isEqualTo(1);
      assertThat(c.incrBy(key, 41)).isEqualTo(42);
      assertThat(c.decr(key)).isEqualTo(41);
      assertThat(c.decrBy(key, 100)).isEqualTo(-59);
      assertThat(c.get(key)).isEqualTo("-59");
      refused(() -> c.set(key, "abc"), "counters.n (bigint)");
      refused(() -> c.incrBy(key, Long.MIN_VALUE), "overflow");
      assertThat(rig.sql(0, "SELECT n FROM counters WHERE id = " + key.substring(8)))
          .containsExactly("-59");
      assertThat(rig.sql(1, "SELECT n FROM counters")).isEmpty();
    });
  }

  @Test
  void aCounterIsOfACollectionOfCounters() throws Exception {
    client(c -> {
      String key = "tally:" + (protocol == RedisProtocol.RESP2 ? 11 : 12);
      assertThat(c.incrBy(key, 5)).isEqualTo(5);
      assertThat(c.set(key, "7")).isEqualTo("OK");
      assertThat(c.decr(key)).isEqualTo(6);
      assertThat(c.get(key)).isEqualTo("6");
      refused(() -> c.set(key, "many"), "counters.n (bigint)");
      assertThat(c.type(key)).isEqualTo("string");
      assertThat(c.del(key)).isEqualTo(1);
    });
  }

  @Test
  void aKeyMayBeOfSeveralColumns() throws Exception {
    client(c -> {
      int user = protocol == RedisProtocol.RESP2 ? 5 : 6;
      String key = "line:" + user + ":a:b c";
      assertThat(c.hset(key, "note", "x")).isEqualTo(1);
      assertThat(rig.sql("SELECT id FROM lines WHERE user_id = " + user)).containsExactly("a:b c");
      assertThat(c.hgetAll("line:0" + user + ":a:b c"))
          .isEqualTo(Map.of("user_id", Integer.toString(user), "id", "a:b c", "note", "x"));
      refused(() -> c.hget("line:" + user, "note"), "lacks a part", "line:{user_id}:{id}");
      refused(() -> c.hget("line:x:y", "note"), "'x' is not a whole number", "lines.user_id");
      refused(() -> c.hset(key, "id", "other"), "is the key");
      assertThat(c.keys("line:" + user + ":*")).containsExactly(key);
      assertThat(c.del(key)).isEqualTo(1);
    });
  }

  @Test
  void expiry() throws Exception {
    client(c -> {
      String key = "page:/ttl/" + protocol;
      assertThat(c.ttl(key)).isEqualTo(-2);
      c.setex(key, 100, "x");
      assertThat(c.ttl(key)).isBetween(98L, 100L);
      assertThat(c.pttl(key)).isBetween(98_000L, 100_000L);
      assertThat(c.set(key, "y", SetParams.setParams().keepTtl())).isEqualTo("OK");
      assertThat(c.ttl(key)).isBetween(98L, 100L);
      c.set(key, "z");
      assertThat(c.ttl(key)).isEqualTo(-1);
      assertThat(c.expire(key, 50, ExpiryOption.XX)).isZero();
      assertThat(c.expire(key, 50)).isEqualTo(1);
      assertThat(c.expire(key, 20, ExpiryOption.GT)).isZero();
      assertThat(c.pexpire(key, 70_000, ExpiryOption.GT)).isEqualTo(1);
      assertThat(c.expireTime(key)).isGreaterThan(System.currentTimeMillis() / 1000 + 60);
      assertThat(c.persist(key)).isEqualTo(1);
      assertThat(c.persist(key)).isZero();
      assertThat(c.getEx(key, GetExParams.getExParams().ex(10))).isEqualTo("z");
      assertThat(c.ttl(key)).isBetween(8L, 10L);
      assertThat(c.expireAt(key, System.currentTimeMillis() / 1000 - 5)).isEqualTo(1);
      assertThat(c.exists(key)).isFalse();
      assertThat(rig.sql("SELECT 1 FROM pages WHERE path = '/ttl/" + protocol + "'")).isEmpty();
      c.set("counter:77", "1");
      assertThat(c.ttl("counter:77")).isEqualTo(-1);
      refused(() -> c.expire("counter:77", 10), "cannot expire", "expires:");
      refused(() -> c.setex("counter:77", 10, "1"), "cannot expire");
      refused(() -> c.setex(key, 0, "1"), "invalid expire time in 'setex' command");
    });
  }

  @Test
  void aRowThatExpiredIsGoneAndNothingOfItComesBack() throws Exception {
    client(c -> {
      String key = "item:" + (protocol == RedisProtocol.RESP2 ? 103 : 203);
      c.hset(key, Map.of("name", "old", "note", "old"));
      c.pexpire(key, 3_000);
      assertThat(c.hget(key, "note")).isEqualTo("old");
      rig.aheadMillis.addAndGet(3_100);
      assertThat(c.hget(key, "note")).isNull();
      assertThat(c.hgetAll(key)).isEmpty();
      assertThat(c.ttl(key)).isEqualTo(-2);
      assertThat(c.hset(key, "name", "new")).isEqualTo(1);
      assertThat(c.hgetAll(key)).isEqualTo(Map.of("id", key.substring(5), "name", "new"));
    });
  }

  @Test
  void aTableThatIsEverywhereIsWrittenOnAllShards() throws Exception {
    client(c -> {
      String id = protocol == RedisProtocol.RESP2 ? "1" : "2";
      c.hset("word:" + id, "word", "alpha");
      assertThat(rig.sql("SELECT word FROM words WHERE id = " + id))
          .isEqualTo(List.of("alpha", "alpha"));
      refused(() -> c.hset("word:x", "word", "y"), "not a whole number");
      assertThat(c.hget("word:0" + id, "word")).isEqualTo("alpha");
      c.del("word:" + id);
      assertThat(rig.sql("SELECT word FROM words WHERE id = " + id)).isEmpty();
    });
  }
}
