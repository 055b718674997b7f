package dev.terrace.kv.pass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.sandbox.RedisServer;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.NeedsProgram;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Nodes that come and go while clients work. */
@NeedsProgram("redis-server")
class PassGrowthTest {

  private static final int KEYS = 3000;

  private static long size(RedisServer server) {
    try (Jedis bare = PassRig.client(server.port())) {
      return bare.dbSize();
    }
  }

  @Test
  void nothingIsLostWhenANodeComesAndOneGoes() throws Exception {
    try (RedisServer third = RedisServer.start();
        PassRig rig = PassRig.start(2, "max-moves-per-second: 2000");
        Jedis client = rig.client()) {
      for (int i = 0; i < KEYS; i++) {
        client.set("key:" + i, "value " + i);
      }
      client.expire("key:5", 1000);
      client.rpush("list", "a", "b");
      AtomicBoolean ending = new AtomicBoolean();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread counting = Thread.ofVirtual().start(() -> count(rig, ending, failure));
      rig.serve(List.of(rig.node(0), rig.node(1), third), "max-moves-per-second: 2000", "");
      for (int i = 0; i < KEYS; i += 3) {
        assertThat(client.get("key:" + i)).isEqualTo("value " + i);
      }
      assertThat(client.mget("key:1", "key:2", "key:4"))
          .containsExactly("value 1", "value 2", "value 4");
      Await.until("a third has come", () -> size(third) > KEYS / 5);
      rig.serve(List.of(rig.node(0), third), "max-moves-per-second: 20000", "");
      for (int i = 0; i < KEYS; i += 7) {
        assertThat(client.get("key:" + i)).isEqualTo("value " + i);
      }
      Await.until("the second is empty", () -> size(rig.node(1)) == 0);
      ending.set(true);
      counting.join();
      assertThat(failure.get()).isNull();
      for (int i = 0; i < KEYS; i++) {
        assertThat(client.get("key:" + i)).isEqualTo("value " + i);
      }
      assertThat(client.ttl("key:5")).isBetween(900L, 1000L);
      assertThat(client.lrange("list", 0, -1)).containsExactly("a", "b");
      assertThat(size(rig.node(0)) + size(third)).isEqualTo(client.dbSize());
      assertThat(client.dbSize()).isEqualTo(KEYS + 1 + 50);
    }
  }

  /** Counts up on many keys; each answer must be one more than the last. */
  private static void count(PassRig rig, AtomicBoolean ending, AtomicReference<Throwable> failure) {
    try (Jedis client = rig.client()) {
      for (long round = 1; !ending.get(); round++) {
        for (int i = 0; i < 50; i++) {
          assertThat(client.incr("count:" + i)).isEqualTo(round);
        }
      }
    } catch (Throwable e) {
      failure.set(e);
    }
  }
}
