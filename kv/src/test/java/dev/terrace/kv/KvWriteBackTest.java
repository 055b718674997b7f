package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.kv.back.RefusedWrite;
import dev.terrace.kv.back.WriteBackState;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.SharedPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;

/** Writes that are acknowledged before the store has them: seen at once, stored once, in order. */
class KvWriteBackTest {

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static BackRig back;

  @BeforeAll
  static void start() throws Exception {
    back = BackRig.start(SharedPostgres.get(), folder, ", attempts: 2, pause: 50ms");
  }

  @AfterAll
  static void stop() {
    back.close();
  }

  @Test
  void aWriteIsSeenAtOnceAndReachesTheStore() throws Exception {
    try (Jedis writer = back.client();
        Jedis reader = back.client()) {
      for (int i = 0; i < 100; i++) {
        writer.set("bpage:/a" + i, "text " + i);
        assertThat(reader.get("bpage:/a" + i)).isEqualTo("text " + i);
      }
      writer.hset("bitem:1", Map.of("name", "one", "price", "2.5", "stock", " 7 "));
      // As the store will print it.
      assertThat(reader.hgetAll("bitem:1"))
          .containsEntry("price", "2.50")
          .containsEntry("stock", "7")
          .containsEntry("id", "1");
      back.flushed();
      assertThat(back.rig.sql("SELECT count(*) FROM pages WHERE path LIKE '/a%'"))
          .satisfies(counts ->
              assertThat(counts.stream().mapToInt(Integer::parseInt).sum()).isEqualTo(100));
      assertThat(back.rig.sql("SELECT price FROM items WHERE id = 1")).containsExactly("2.50");
      assertThat(reader.hget("bitem:1", "name")).isEqualTo("one");
      assertThat(reader.get("bpage:/a7")).isEqualTo("text 7");
    }
  }

  @Test
  void deletesAreRealAndNothingComesBack() throws Exception {
    try (Jedis c = back.client()) {
      for (int i = 0; i < 200; i++) {
        String key = "bpage:/d" + i % 10;
        c.set(key, "v" + i);
        if (i % 3 == 0) {
          assertThat(c.del(key)).isEqualTo(1);
          assertThat(c.get(key)).isNull();
          assertThat(c.del(key)).isEqualTo(0);
        }
      }
      for (int i = 0; i < 10; i++) {
        c.del("bpage:/d" + i);
      }
      back.flushed();
      assertThat(back.rig.sql("SELECT path FROM pages WHERE path LIKE '/d%'")).isEmpty();
      assertThat(c.exists("bpage:/d1")).isFalse();
    }
  }

  @Test
  void tenThousandIncrementsOfEightClientsAreExactAndFewUpdates() throws Exception {
    WriteBackState before = back.state();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(threads.submit(() -> increment("bcounter:1", 1250)));
      }
      for (Future<Long> one : all) {
        one.get();
      }
    }
    try (Jedis c = back.client()) {
      assertThat(c.get("bcounter:1")).isEqualTo("10000");
    }
    back.flushed();
    assertThat(back.rig.sql(0, "SELECT n FROM counters WHERE id = 1")).containsExactly("10000");
    assertThat(back.state().rowsEver() - before.rowsEver()).isLessThan(100);
    assertThat(back.state().groupsEver() - before.groupsEver()).isLessThan(10_000);
  }

  private static long increment(String key, int times) {
    long last = 0;
    try (Jedis c = back.client()) {
      Pipeline pipeline = c.pipelined();
      for (int i = 0; i < times; i++) {
        pipeline.incr(key);
      }
      for (Object answer : pipeline.syncAndReturnAll()) {
        assertThat((Long) answer).isGreaterThan(last);
        last = (Long) answer;
      }
    }
    return last;
  }

  @Test
  void incrementsAddToWhatSqlWritersAdd() throws Exception {
    try (Jedis c = back.client()) {
      c.set("bcounter:2", "100");
      back.flushed();
      assertThat(c.incr("bcounter:2")).isEqualTo(101);
      back.rig.cluster.primary(0).execute("UPDATE counters SET n = n + 1000 WHERE id = 2");
      assertThat(c.incrBy("bcounter:2", 10)).isEqualTo(111);
      back.flushed();
      assertThat(c.get("bcounter:2")).isEqualTo("1111");
      c.del("bcounter:2");
      assertThat(c.incr("bcounter:2")).isEqualTo(1);
      back.flushed();
      assertThat(back.rig.sql(0, "SELECT n FROM counters WHERE id = 2")).containsExactly("1");
    }
  }

  @Test
  void aValueThatDoesNotFitIsRefusedByNameAndWrittenNowhere() throws Exception {
    try (Jedis c = back.client()) {
      long records = back.state().recordsEver();
      assertThatThrownBy(() -> c.hset("bitem:9", Map.of("name", "x", "stock", "many")))
          .hasMessageContaining("bitem")
          .hasMessageContaining("items.stock (integer)");
      assertThatThrownBy(() -> c.hset("bitem:9", Map.of("name", "x", "tag", "toolong")))
          .hasMessageContaining("items.tag (character varying(5))");
      assertThatThrownBy(() -> c.hset("bitem:9", Map.of("name", "x", "price", "123456789.5")))
          .hasMessageContaining("items.price (numeric(10,2))");
      assertThatThrownBy(() -> c.hset("bitem:9", "stock", "1"))
          .hasMessageContaining("items.name (text)");
      assertThatThrownBy(() -> c.set("bpage:/nul", "a\0b")).hasMessageContaining("pages.body");
      assertThatThrownBy(() -> c.set("bcounter:9", "12x")).hasMessageContaining("counters.n");
      assertThat(c.exists("bitem:9")).isFalse();
      assertThat(c.exists("bcounter:9")).isFalse();
      assertThat(back.state().recordsEver()).isEqualTo(records);
    }
  }

  @Test
  void aFieldOfARowThatIsThereNeedsNoOthers() throws Exception {
    try (Jedis c = back.client()) {
      c.hset("bitem:20", Map.of("name", "kept", "note", "old"));
      back.flushed();
      c.hset("bitem:20", "stock", "3");
      c.hdel("bitem:20", "note");
      assertThat(c.hgetAll("bitem:20")).containsEntry("name", "kept").doesNotContainKey("note");
      back.flushed();
      assertThat(c.hgetAll("bitem:20")).isEqualTo(Map.of("id", "20", "name", "kept", "stock", "3"));
    }
  }

  @Test
  void rowsThatAllShardsHaveReachAllShards() throws Exception {
    try (Jedis c = back.client()) {
      c.hset("bword:1", "word", "everywhere");
      back.flushed();
      assertThat(back.rig.sql("SELECT word FROM words WHERE id = 1"))
          .containsExactly("everywhere", "everywhere");
      c.del("bword:1");
      back.flushed();
      assertThat(back.rig.sql("SELECT word FROM words WHERE id = 1")).isEmpty();
    }
  }

  @Test
  void expiryGoesTheSameWay() throws Exception {
    try (Jedis c = back.client()) {
      c.set("bpage:/e", "soon gone");
      assertThat(c.expire("bpage:/e", 100)).isEqualTo(1);
      assertThat(c.ttl("bpage:/e")).isBetween(90L, 100L);
      back.flushed();
      assertThat(c.ttl("bpage:/e")).isBetween(80L, 100L);
      assertThat(c.persist("bpage:/e")).isEqualTo(1);
      assertThat(c.ttl("bpage:/e")).isEqualTo(-1);
      back.flushed();
      assertThat(back.rig.sql("SELECT expires_at FROM pages WHERE path = '/e'"))
          .containsExactly("null");
    }
  }

  @Test
  void bytesOfAnyKindAreStored() throws Exception {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    byte[] key = "bblob:9c5b94b1-35ad-49bb-b118-8e8fc24abf80".getBytes(StandardCharsets.UTF_8);
    try (Jedis c = back.client()) {
      c.set(key, bytes);
      assertThat(c.get(key)).isEqualTo(bytes);
      back.flushed();
      assertThat(c.get(key)).isEqualTo(bytes);
    }
  }

  @Test
  void whatTheStoreRefusesIsPutAsideAndHoldsNothingUp() throws Exception {
    back.rig.cluster.primary(0).execute("ALTER TABLE counters ADD CONSTRAINT odd CHECK (n <> 13)");
    try (Jedis c = back.client()) {
      for (int i = 100; i < 120; i++) {
        c.set("bcounter:" + i, i == 110 ? "13" : "1");
      }
      assertThat(c.get("bcounter:110")).isEqualTo("13");
      back.flushed();
      assertThat(back.rig.sql(0, "SELECT count(*) FROM counters WHERE id >= 100"))
          .containsExactly("19");
      // Readers see the store again.
      assertThat(c.get("bcounter:110")).isNull();
      List<RefusedWrite> refused = back.rig.front.back().deadLetters();
      assertThat(refused).hasSize(1);
      assertThat(refused.getFirst().key()).isEqualTo("bcounter:110");
      assertThat(refused.getFirst().reason()).contains("odd");
      back.rig.cluster.primary(0).execute("ALTER TABLE counters DROP CONSTRAINT odd");
      assertThat(back.rig.front.back().resolve(w -> w.key().equals("bcounter:110"), true))
          .isEqualTo(1);
      Await.until("it is stored", () -> "13".equals(c.get("bcounter:110")));
      assertThat(back.rig.front.back().deadLetters()).isEmpty();
    }
  }
}
