package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.kv.data.Glob;
import dev.terrace.testkit.SharedPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/** SCAN, KEYS and what else goes through tables. */
class KvKeysTest {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = KvRig.start(SharedPostgres.get(), "max-keys: 200, max-cursors: 3");
    try (Jedis c = rig.client()) {
      for (int i = 0; i < 60; i++) {
        c.hset("h:" + i, "a", "x");
        c.set("page:/p/" + i, "x");
      }
      for (int i = 0; i < 10; i++) {
        c.hset("word:" + i, "word", "w");
        c.set("price:" + i + ".50", "p");
      }
    }
    rig.awaitReplicas();
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static Set<String> scan(Jedis c, ScanParams params, String type) {
    List<String> found = new ArrayList<>();
    String cursor = "0";
    do {
      ScanResult<String> page =
          type.isEmpty() ? c.scan(cursor, params) : c.scan(cursor, params, type);
      found.addAll(page.getResult());
      cursor = page.getCursor();
    } while (!cursor.equals("0"));
    Set<String> keys = new TreeSet<>(found);
    assertThat(found).hasSameSizeAs(keys);
    return keys;
  }

  @Test
  void aScanSeesEachKeyOnceOverShardsAndCollections() {
    try (Jedis c = rig.client()) {
      assertThat(scan(c, new ScanParams().count(7), "")).hasSize(140).contains("price:3.5", "h:0");
      assertThat(scan(c, new ScanParams().match("h:*"), "")).hasSize(60);
      assertThat(scan(c, new ScanParams().match("*:1?").count(1000), ""))
          .hasSize(10)
          .allMatch(k -> k.startsWith("h:1"));
      assertThat(scan(c, new ScanParams().match("page:/p/1*"), "")).hasSize(11);
      assertThat(scan(c, new ScanParams(), "hash")).hasSize(70);
      assertThat(scan(c, new ScanParams(), "list")).isEmpty();
      assertThat(scan(c, new ScanParams().match("nothing:*"), "")).isEmpty();
    }
  }

  @Test
  void keysAreBounded() throws Exception {
    try (RespWire c = RespWire.to(rig.port());
        Jedis jedis = rig.client()) {
      assertThat(jedis.keys("word:*")).hasSize(10);
      assertThat(jedis.keys("*")).hasSize(140);
      assertThat(jedis.dbSize()).isEqualTo(140);
      assertThat(jedis.randomKey()).contains(":");
      for (int i = 0; i < 70; i++) {
        jedis.set("str:" + i, "x");
      }
      rig.awaitReplicas();
      assertThat(c.line("KEYS *")).contains("no more than 200 rows (kv.max-keys); use SCAN");
      for (int i = 0; i < 70; i++) {
        jedis.del("str:" + i);
      }
      rig.awaitReplicas();
    }
  }

  @Test
  void cursorsAreRememberedUpToALimit() throws Exception {
    try (RespWire c = RespWire.to(rig.port())) {
      String first = c.line("SCAN 0 COUNT 5");
      String cursor = first.substring(2, first.indexOf('"', 2));
      String next = c.line("SCAN " + cursor + " COUNT 5");
      String again = c.line("SCAN " + cursor + " COUNT 5");
      assertThat(again.substring(again.indexOf('['))).isNotEmpty();
      assertThat(again.substring(again.indexOf(' '))).isEqualTo(next.substring(next.indexOf(' ')));
      for (int i = 0; i < 4; i++) {
        c.line("SCAN 0");
      }
      assertThat(c.line("SCAN " + cursor)).contains("begin again with cursor 0");
      assertThat(c.line("SCAN x")).isEqualTo("-ERR invalid cursor");
      assertThat(c.line("SCAN 0 COUNT 0")).isEqualTo("-ERR syntax error");
      assertThat(c.line("SCAN 0 COUNT x")).startsWith("-ERR value is not an integer");
      assertThat(c.line("SCAN 0 NONE 1")).isEqualTo("-ERR syntax error");
    }
  }

  @Test
  void whatRedisTellsOfAKey() throws Exception {
    try (RespWire c = RespWire.to(rig.port())) {
      assertThat(c.line("OBJECT ENCODING h:1")).isEqualTo("\"listpack\"");
      assertThat(c.line("OBJECT encoding page:/p/1")).isEqualTo("\"embstr\"");
      assertThat(c.line("OBJECT REFCOUNT h:1")).isEqualTo("1");
      assertThat(c.line("OBJECT IDLETIME h:1")).isEqualTo("0");
      assertThat(c.line("OBJECT ENCODING h:999")).isEqualTo("-ERR no such key");
      assertThat(Long.parseLong(c.line("MEMORY USAGE h:1"))).isBetween(100L, 1000L);
      assertThat(c.line("MEMORY USAGE h:999")).isEqualTo("nil");
      assertThat(c.line("MEMORY DOCTOR h:999")).startsWith("-ERR unknown subcommand");
    }
  }

  @Test
  void patternsAreRedissAndTakeNoTime() {
    assertThat(Glob.of("h[a-c]?\\*x*").matches("hbz*x")).isTrue();
    assertThat(Glob.of("h[^a-c]*").matches("hb")).isFalse();
    assertThat(Glob.of("[").matches("[")).isFalse();
    assertThat(Glob.of("a\\").matches("a\\")).isTrue();
    assertThat(Glob.of("*a*b*c").matches("xxaxxbxxc")).isTrue();
    assertThat(Glob.of("").matches("")).isTrue();
    assertThat(Glob.of("*a".repeat(40) + "b").matches("a".repeat(20_000))).isFalse();
    assertThat(Glob.of("pro\\*d[x]").prefix())
        .isEqualTo("pro*d".getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
