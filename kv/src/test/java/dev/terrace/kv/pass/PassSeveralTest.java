package dev.terrace.kv.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.terrace.testkit.NeedsProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/** Keys spread over several nodes. */
@NeedsProgram("redis-server")
class PassSeveralTest {

  private static final int KEYS = 300;
  private static PassRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = PassRig.start(3, "");
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  @BeforeEach
  void fill() {
    try (Jedis all = rig.client()) {
      all.flushAll();
      Map<String, String> pairs = new HashMap<>();
      for (int i = 0; i < KEYS; i++) {
        pairs.put("key:" + i, "value " + i);
      }
      all.mset(
          pairs.entrySet().stream()
              .flatMap(e -> List.of(e.getKey(), e.getValue()).stream())
              .toArray(String[]::new));
    }
  }

  private static String[] keys() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      keys.add("key:" + i);
    }
    return keys.toArray(String[]::new);
  }

  @Test
  void commandsOfManyKeysAreSplitAndJoinedInOrder() {
    try (Jedis all = rig.client()) {
      for (int node = 0; node < 3; node++) {
        try (Jedis one = PassRig.client(rig.node(node).port())) {
          assertThat(one.dbSize()).isBetween(KEYS / 6L, KEYS / 2L);
        }
      }
      List<String> values = all.mget(keys());
      for (int i = 0; i < KEYS; i++) {
        assertThat(values.get(i)).isEqualTo("value " + i);
      }
      assertThat(all.mget("key:7", "none", "key:3", "key:7"))
          .containsExactly("value 7", null, "value 3", "value 7");
      assertThat(all.exists("key:1", "key:2", "key:3", "none")).isEqualTo(3);
      assertThat(all.touch("key:1", "key:2", "key:3")).isEqualTo(3);
      assertThat(all.del("key:1", "key:2", "none")).isEqualTo(2);
      assertThat(all.unlink("key:3", "key:4")).isEqualTo(2);
      assertThat(all.dbSize()).isEqualTo(KEYS - 4);
    }
  }

  @Test
  void allKeysAreWalkedOnce() {
    try (Jedis all = rig.client()) {
      List<String> seen = new ArrayList<>();
      String cursor = ScanParams.SCAN_POINTER_START;
      do {
        ScanResult<String> part = all.scan(cursor, new ScanParams().count(20).match("key:*"));
        seen.addAll(part.getResult());
        cursor = part.getCursor();
      } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
      assertThat(new HashSet<>(seen)).containsExactlyInAnyOrder(keys());
      assertThat(all.keys("*")).containsExactlyInAnyOrder(keys());
      assertThat(all.randomKey()).startsWith("key:");
      all.flushDB();
      assertThat(all.dbSize()).isZero();
      assertThat(all.randomKey()).isNull();
    }
  }

  @Test
  void otherCommandsNeedTheirKeysOnOneNode() {
    try (Jedis all = rig.client()) {
      all.sadd("{t}a", "1", "2");
      all.sadd("{t}b", "2", "3");
      assertThat(all.sunion("{t}a", "{t}b")).containsExactlyInAnyOrder("1", "2", "3");
      assertThat(all.eval("return redis.call('scard', KEYS[2])", 2, "{t}a", "{t}b")).isEqualTo(2L);
      assertThatThrownBy(() -> all.sunion(keys()))
          .hasMessageContaining("CROSSSLOT")
          .hasMessageContaining("{tag}");
      assertThatThrownBy(() -> all.eval("return 1", KEYS, keys()))
          .hasMessageContaining("CROSSSLOT");
      String hash = all.scriptLoad("return KEYS[1]");
      for (int i = 0; i < 20; i++) {
        assertThat(all.evalsha(hash, 1, "key:" + i)).isEqualTo("key:" + i);
      }
      all.scriptFlush();
      assertThatThrownBy(() -> all.evalsha(hash, 1, "key:1")).hasMessageContaining("NOSCRIPT");
    }
  }

  @Test
  void aTransactionIsOnTheNodeOfItsFirstKey() throws Exception {
    try (Jedis all = rig.client();
        Wire wire = rig.wire()) {
      all.watch("{t}a");
      Transaction t = all.multi();
      t.incr("{t}a");
      t.incr("{t}b");
      assertThat(t.exec()).containsExactly(1L, 1L);
      all.watch("{t}a");
      assertThat(wire.ask("INCR {t}a")).isEqualTo(":2\r\n");
      t = all.multi();
      t.incr("{t}a");
      assertThat(t.exec()).isNull();
      wire.send("MULTI\nPING");
      for (int i = 0; i < 20; i++) {
        wire.send("SET key:" + i + " changed");
      }
      wire.send("EXEC\nGET key:3\nMULTI\nEXEC\nMULTI\nGET key:1\nDISCARD\nMULTI\nGET key:2\nEXEC");
      String replies = wire.replies(1 + 1 + 20 + 1);
      assertThat(replies)
          .startsWith("+OK\r\n+QUEUED\r\n")
          .contains("-CROSSSLOT")
          .endsWith("-EXECABORT Transaction discarded because of previous errors.\r\n");
      assertThat(wire.replies(3)).isEqualTo("$7\r\nvalue 3\r\n+OK\r\n*0\r\n");
      assertThat(wire.replies(3)).isEqualTo("+OK\r\n+QUEUED\r\n+OK\r\n");
      assertThat(wire.replies(3)).isEqualTo("+OK\r\n+QUEUED\r\n*1\r\n$7\r\nvalue 2\r\n");
    }
  }

  @Test
  void publishersAndSubscribersMeet() throws Exception {
    try (Wire listener = rig.wire();
        Wire speaker = rig.wire()) {
      listener.send("SUBSCRIBE a b c d e\nPSUBSCRIBE ?");
      String confirmed = listener.replies(6);
      for (int i = 0; i < 6; i++) {
        assertThat(confirmed).contains(":" + (i + 1) + "\r\n");
      }
      Set<String> heard = new HashSet<>();
      for (String channel : List.of("a", "b", "c", "d", "e", "f")) {
        String listeners = speaker.ask("PUBLISH " + channel + " hello");
        assertThat(listeners).isEqualTo(channel.equals("f") ? ":1\r\n" : ":2\r\n");
        heard.add(listener.reply());
        if (!channel.equals("f")) {
          heard.add(listener.reply());
        }
      }
      assertThat(heard).hasSize(11);
      assertThat(speaker.ask("PUBSUB NUMSUB a b none"))
          .isEqualTo("*6\r\n$1\r\na\r\n:1\r\n$1\r\nb\r\n:1\r\n$4\r\nnone\r\n:0\r\n");
      assertThat(speaker.ask("PUBSUB CHANNELS *")).startsWith("*5\r\n");
      listener.send("UNSUBSCRIBE\nPUNSUBSCRIBE\nGET key:9");
      assertThat(listener.replies(7)).endsWith(":0\r\n$7\r\nvalue 9\r\n");
    }
  }

  @Test
  void aBlockedClientMayBeOnAnyNode() throws Exception {
    for (int i = 0; i < 10; i++) {
      try (Wire blocked = rig.wire();
          Wire other = rig.wire()) {
        blocked.send("BLPOP queue:" + i + " 0\nGET key:1");
        assertThat(other.ask("RPUSH queue:" + i + " x")).isEqualTo(":1\r\n");
        assertThat(blocked.replies(2)).contains("queue:" + i).endsWith("$7\r\nvalue 1\r\n");
      }
    }
  }
}
