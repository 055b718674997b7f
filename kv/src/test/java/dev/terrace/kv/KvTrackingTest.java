package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.testkit.Await;
import dev.terrace.testkit.SharedPostgres;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.csc.Cache;
import redis.clients.jedis.csc.CacheConfig;
import redis.clients.jedis.csc.CacheFactory;

/** What is pushed: keys that changed, for clients that keep them, and keyspace events. */
class KvTrackingTest {

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = KvRig.start(SharedPostgres.get(), "max-tracked: 160");
  }

  @AfterAll
  static void stop() {
    rig.close();
  }

  private static RespWire client(String version) throws Exception {
    RespWire wire = RespWire.to(rig.port());
    wire.call("HELLO", version);
    return wire;
  }

  private static String invalidate(String key) {
    return ">[\"invalidate\" [\"" + key + "\"]]";
  }

  @Test
  void whoReadAKeyIsToldOnceWhenItChanges() throws Exception {
    try (RespWire c = client("3");
        RespWire other = client("2")) {
      assertThat(c.line("CLIENT TRACKING ON")).isEqualTo("+OK");
      c.line("HGET h:01 a");
      other.line("HSET h:1 a x");
      assertThat(c.push()).isEqualTo(invalidate("h:01"));
      other.line("HSET h:1 a y");
      c.line("GET page:t");
      c.line("SET page:t mine");
      assertThat(c.push()).isEqualTo(invalidate("page:t"));
      c.line("GET page:t");
      other.line("MULTI");
      other.line("SET page:t more");
      other.line("EXEC");
      assertThat(c.push()).isEqualTo(invalidate("page:t"));
      assertThat(c.line("CLIENT TRACKINGINFO"))
          .isEqualTo("{\"flags\" ~[\"on\"] \"redirect\" 0 \"prefixes\" []}");
      c.line("CLIENT TRACKING OFF");
      c.line("GET page:t");
      other.line("SET page:t less");
      assertThat(c.line("PING")).isEqualTo("+PONG");
      assertThat(c.pushes()).isEmpty();
    }
  }

  @Test
  void modes() throws Exception {
    try (RespWire in = client("3");
        RespWire out = client("3");
        RespWire all = client("3");
        RespWire other = client("2")) {
      in.line("CLIENT TRACKING ON OPTIN NOLOOP");
      in.line("GET page:m1");
      in.line("CLIENT CACHING YES");
      in.line("GET page:m2");
      in.line("SET page:m2 own");
      in.line("CLIENT CACHING YES");
      in.line("GET page:m2");
      out.line("CLIENT TRACKING ON OPTOUT");
      out.line("CLIENT CACHING NO");
      out.line("GET page:m1");
      out.line("GET page:m2");
      all.line("CLIENT TRACKING ON BCAST PREFIX page:m PREFIX h:");
      other.line("SET page:m1 x");
      other.line("SET page:n x");
      other.line("SET page:m2 x");
      assertThat(in.push()).isEqualTo(invalidate("page:m2"));
      assertThat(out.push()).isEqualTo(invalidate("page:m2"));
      assertThat(all.push()).isEqualTo(invalidate("page:m1"));
      assertThat(all.push()).isEqualTo(invalidate("page:m2"));
      assertThat(in.line("CLIENT CACHING NO")).startsWith("-ERR CLIENT CACHING NO is only valid");
      assertThat(all.line("CLIENT CACHING YES"))
          .startsWith("-ERR CLIENT CACHING can be called only");
      assertThat(other.line("CLIENT TRACKING ON PREFIX a")).startsWith("-ERR PREFIX option");
      assertThat(other.line("CLIENT TRACKING ON REDIRECT 99999"))
          .isEqualTo("-ERR The client ID you want redirect to does not exist");
      assertThat(other.line("CLIENT GETREDIR")).isEqualTo("-1");
    }
  }

  @Test
  void clientsOfResp2AreToldOverAnotherConnection() throws Exception {
    try (RespWire ear = client("2");
        RespWire c = client("2")) {
      String id = ear.line("CLIENT ID");
      assertThat(ear.line("SUBSCRIBE __redis__:invalidate"))
          .isEqualTo("[\"subscribe\" \"__redis__:invalidate\" 1]");
      assertThat(c.line("CLIENT TRACKING ON REDIRECT " + id)).isEqualTo("+OK");
      c.line("GET page:r");
      c.line("SET page:r x");
      assertThat(ear.read()).isEqualTo("[\"message\" \"__redis__:invalidate\" [\"page:r\"]]");
      assertThat(ear.line("GET page:r")).startsWith("-ERR Can't execute 'get'");
      assertThat(ear.line("PING")).isEqualTo("[\"pong\" \"\"]");
    }
  }

  @Test
  void soManyKeysAreRememberedAndNoMore() throws Exception {
    try (RespWire c = client("3")) {
      c.line("CLIENT TRACKING ON");
      for (int i = 0; i < 400; i++) {
        c.line("GET page:many" + i);
      }
      c.line("PING");
      assertThat(c.pushes()).hasSizeGreaterThanOrEqualTo(240);
    }
  }

  @Test
  void keyspaceEventsAreHeard() throws Exception {
    try (RespWire two = client("2");
        RespWire three = client("3");
        RespWire other = client("2")) {
      assertThat(two.line("PSUBSCRIBE __keyevent@0__:*"))
          .isEqualTo("[\"psubscribe\" \"__keyevent@0__:*\" 1]");
      three.send("SUBSCRIBE", "__keyspace@0__:page:e");
      assertThat(three.push()).isEqualTo(">[\"subscribe\" \"__keyspace@0__:page:e\" 1]");
      other.line("SET page:e x");
      other.line("DEL page:e");
      other.line("HINCRBY h:9 n 1");
      assertThat(three.push()).isEqualTo(">[\"message\" \"__keyspace@0__:page:e\" \"set\"]");
      assertThat(three.push()).isEqualTo(">[\"message\" \"__keyspace@0__:page:e\" \"del\"]");
      assertThat(two.read())
          .isEqualTo("[\"pmessage\" \"__keyevent@0__:*\" \"__keyevent@0__:set\" \"page:e\"]");
      assertThat(two.read())
          .isEqualTo("[\"pmessage\" \"__keyevent@0__:*\" \"__keyevent@0__:del\" \"page:e\"]");
      assertThat(two.read())
          .isEqualTo("[\"pmessage\" \"__keyevent@0__:*\" \"__keyevent@0__:hincrby\" \"h:9\"]");
      assertThat(two.line("PUNSUBSCRIBE")).isEqualTo("[\"punsubscribe\" \"__keyevent@0__:*\" 0]");
      assertThat(two.line("GET page:e")).isEqualTo("nil");
      assertThat(two.line("SUBSCRIBE news")).startsWith("-ERR channel 'news' needs a Redis store");
      assertThat(two.line("CONFIG GET notify-keyspace-events"))
          .isEqualTo("[\"notify-keyspace-events\" \"AKE\"]");
    }
  }

  @Test
  void jedissNearCacheForgetsWhatChanges() {
    Cache cache = CacheFactory.getCache(CacheConfig.builder().maxSize(100).build());
    try (UnifiedJedis near =
            new UnifiedJedis(
                new HostAndPort("127.0.0.1", rig.port()),
                DefaultJedisClientConfig.builder().protocol(RedisProtocol.RESP3).build(),
                cache);
        Jedis other = rig.client()) {
      other.set("page:near", "1");
      assertThat(near.get("page:near")).isEqualTo("1");
      assertThat(near.get("page:near")).isEqualTo("1");
      assertThat(cache.getSize()).isEqualTo(1);
      List<String> seen = new ArrayList<>();
      for (int i = 2; i < 20; i++) {
        String now = Integer.toString(i);
        other.set("page:near", now);
        Await.until("the near cache has it", () -> now.equals(near.get("page:near")));
        seen.add(now);
      }
      assertThat(seen).hasSize(18);
    }
  }
}
