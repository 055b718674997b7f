package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.SharedPostgres;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.exceptions.JedisDataException;

/** MULTI, EXEC and WATCH as one transaction of the database. */
class KvTransactionTest {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = KvRig.start(SharedPostgres.get(), "max-queued: 50");
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @Test
  void whatIsQueuedIsSeenInsideAndByAllAfterwards() throws Exception {
    try (Jedis c = rig.client();
        Jedis other = rig.client()) {
      c.hset("h:1", Map.of("a", "x", "n", "1"));
      assertThat(other.hget("h:1", "n")).isEqualTo("1");
      Transaction t = c.multi();
      t.hincrBy("h:1", "n", 4);
      t.hget("h:1", "n");
      t.hset("h:1", "n", "no number");
      t.hset("h:1", "b", "y");
      t.hgetAll("h:1");
      assertThat(other.hget("h:1", "n")).isEqualTo("1");
      List<Object> answers = t.exec();
      assertThat(answers.subList(0, 2)).containsExactly(5L, "5");
      assertThat(answers.get(2)).isInstanceOf(JedisDataException.class);
      assertThat(answers.get(3)).isEqualTo(1L);
      assertThat(answers.get(4)).isEqualTo(Map.of("id", "1", "a", "x", "b", "y", "n", "5"));
      assertThat(other.hget("h:1", "n")).isEqualTo("5");
      assertThat(rig.sql("SELECT n || b FROM hashes WHERE id = 1")).containsExactly("5y");
    }
  }

  /** Two keys that are on different shards. */
  private static List<String> apart() throws Exception {
    for (int i = 100; i < 200; i += 10) {
      try (Jedis c = rig.client()) {
        for (int j = i; j < i + 10; j++) {
          c.hset("h:" + j, "a", "x");
        }
      }
      List<String> first = rig.sql(0, "SELECT id FROM hashes WHERE id >= 100");
      List<String> second = rig.sql(1, "SELECT id FROM hashes WHERE id >= 100");
      if (!first.isEmpty() && !second.isEmpty()) {
        return List.of("h:" + first.getFirst(), "h:" + second.getFirst());
      }
    }
    throw new AssertionError("all keys are on one shard");
  }

  @Test
  void keysOnSeveralShardsAreRefusedAndNothingIsDone() throws Exception {
    List<String> keys = apart();
    try (RespWire c = RespWire.to(rig.port())) {
      c.line("MULTI");
      c.line("HSET " + keys.get(0) + " a changed");
      c.line("HSET " + keys.get(1) + " a changed");
      assertThat(c.line("EXEC")).startsWith("-CROSSSLOT keys '").contains("not on the same shards");
      assertThat(c.line("HGET " + keys.get(0) + " a")).isEqualTo("\"x\"");
      c.line("MULTI");
      c.line("HSET " + keys.get(0) + " a changed");
      c.line("GET nowhere:1");
      assertThat(c.line("EXEC")).startsWith("[0 -ERR key 'nowhere:1' belongs to no collection");
      assertThat(c.line("HGET " + keys.get(0) + " a")).isEqualTo("\"changed\"");
    }
  }

  @Test
  void aTableThatIsEverywhereIsChangedOnAllShards() throws Exception {
    try (RespWire c = RespWire.to(rig.port())) {
      c.line("MULTI");
      c.line("HSET word:1 word one");
      c.line("HSET word:2 word two");
      assertThat(c.line("EXEC")).isEqualTo("[1 1]");
      assertThat(rig.sql("SELECT word FROM words WHERE id < 3 ORDER BY id"))
          .containsExactly("one", "two", "one", "two");
    }
  }

  @Test
  void whatIsQueuedIsBounded() throws Exception {
    try (RespWire c = RespWire.to(rig.port())) {
      c.line("MULTI");
      for (int i = 0; i < 50; i++) {
        assertThat(c.line("PING")).isEqualTo("+QUEUED");
      }
      assertThat(c.line("PING")).contains("no more than 50 commands");
      assertThat(c.line("EXEC")).startsWith("-EXECABORT");
      assertThat(c.line("PING")).isEqualTo("+PONG");
      c.line("MULTI");
      c.line("PING");
      assertThat(c.line("RESET")).isEqualTo("+RESET");
      assertThat(c.line("EXEC")).isEqualTo("-ERR EXEC without MULTI");
    }
  }

  @Test
  void aRowThatIsChangedWithSqlIsNoticedToo() throws Exception {
    try (RespWire c = RespWire.to(rig.port())) {
      c.line("SET str:watched 1");
      c.line("WATCH str:watched");
      rig.cluster.primary(0).execute("UPDATE strings SET v = '2' WHERE k = 'watched'");
      c.line("MULTI");
      c.line("SET str:watched 3");
      assertThat(c.line("EXEC")).isEqualTo("nil-array");
      assertThat(rig.sql(0, "SELECT convert_from(v, 'UTF8') FROM strings WHERE k = 'watched'"))
          .containsExactly("2");
    }
  }

  /** Many clients add to one number by reading, watching and writing: no addition is lost. */
  @Test
  void watchedRacesLoseNothing() throws Exception {
    int clients = 4;
    int each = 15;
    try (ExecutorService pool = Executors.newFixedThreadPool(clients);
        Jedis c = rig.client()) {
      c.set("counter:500", "0");
      List<Callable<Integer>> work = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        work.add(() -> add("counter:500", each));
      }
      for (Future<Integer> done : pool.invokeAll(work)) {
        assertThat(done.get()).isEqualTo(each);
      }
      assertThat(c.get("counter:500")).isEqualTo(Integer.toString(clients * each));
    }
  }

  private static int add(String key, int times) {
    int done = 0;
    try (Jedis c = rig.client()) {
      while (done < times) {
        c.watch(key);
        long now = Long.parseLong(c.get(key));
        Transaction t = c.multi();
        t.set(key, Long.toString(now + 1));
        done += t.exec() == null ? 0 : 1;
      }
    }
    return done;
  }
}
