package dev.terrace.kv.pass;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.sandbox.RedisServer;
import dev.terrace.testkit.Await;
import dev.terrace.testkit.NeedsProgram;
import dev.terrace.testkit.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With one node the same bytes come back as from the node itself. */
@NeedsProgram("redis-server")
class PassSameTest {

  private static final String ALL_TYPES =
      """
      SET a 1
      INCR a
      GET a
      get none
      SETRANGE a 100 x
      HSET h f 1 g 2
      HGETALL h
      HINCRBYFLOAT h f 1.5
      LPUSH l 1 2 3
      LRANGE l 0 -1
      LPUSH a 1
      SADD s x
      SMEMBERS s
      ZADD z 1 a 2.5 b
      ZRANGE z 0 -1 WITHSCORES
      ZSCORE z b
      ZUNIONSTORE d 2 z z
      ZUNIONSTORE d 99 z z
      XADD st 1-1 f v
      XRANGE st - +
      XREAD COUNT 1 STREAMS st 0
      XINFO STREAM st
      XGROUP CREATE st g 0
      PFADD p a b
      PFCOUNT p
      GEOADD geo 13.3 38.1 Palermo
      GEOPOS geo Palermo
      BITFIELD bits SET u8 0 255 GET u4 0
      SORT l DESC STORE sorted
      OBJECT ENCODING l
      OBJECT FREQ l
      OBJECT HELP
      MEMORY USAGE nothing
      TYPE z
      DUMP none
      EXPIRE a 100
      EXPIRE
      GET
      MSET a
      MSET a 1 b 2
      MGET a b none
      DEL a b none
      EXISTS l
      SCAN 0 MATCH nothing COUNT 1000
      KEYS l*
      DBSIZE
      RANDOMKEY none
      NOSUCH thing here
      NOSUCH
      CONFIG GET maxmemory
      CONFIG NOSUCH
      COMMAND COUNT
      COMMAND GETKEYS MSET a b c d
      EVAL return{1,2,{3}} 0
      EVAL return/redis.call('get',KEYS[1]) 1 l
      EVALSHA ffffffffffffffffffffffffffffffffffffffff 0
      SCRIPT LOAD return{1}
      SCRIPT EXISTS 0c5e4b4bfe5f8b3a1b
      FUNCTION LIST
      OBJECT
      EXEC
      DISCARD
      UNWATCH
      DEBUG SLEEP 0
      LATENCY RESET
      SLOWLOG GET 0
      PUBLISH nobody x
      PUBSUB CHANNELS
      PUBSUB NUMPAT
      WAIT 0 10
      LCS h l
      """;

  private static final RedisServer BARE = RedisServer.start();
  private static PassRig rig;

  @BeforeAll
  static void start() throws Exception {
    rig = PassRig.start(1, "");
  }

  @AfterAll
  static void stop() {
    rig.close();
    BARE.close();
  }

  @BeforeEach
  void empty() throws Exception {
    try (Wire ours = rig.wire();
        Wire theirs = new Wire(BARE.port())) {
      assertThat(ours.ask("FLUSHALL")).isEqualTo(theirs.ask("FLUSHALL"));
    }
  }

  /** Sends lines to both, all at once, and compares each reply. */
  private static void same(int version, String script) throws Exception {
    try (Wire ours = rig.wire();
        Wire theirs = new Wire(BARE.port())) {
      ours.ask("HELLO " + version);
      theirs.ask("HELLO " + version);
      String[] lines = script.strip().split("\n", -1);
      for (String line : lines) {
        ours.send(line);
        theirs.send(line);
      }
      ours.send("ECHO the-end");
      theirs.send("ECHO the-end");
      String last = "";
      for (int i = 0; !last.contains("the-end"); i++) {
        last = theirs.reply();
        assertThat(ours.reply()).as("reply " + i + " of " + script).isEqualTo(last);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void allTypesAndErrors(int version) throws Exception {
    same(version, ALL_TYPES);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void transactions(int version) throws Exception {
    same(
        version,
        """
        MULTI
        SET a 1
        INCR a
        PING
        EXEC
        GET a
        MULTI
        NOSUCH x
        SET a 7
        EXEC
        GET a
        MULTI
        MULTI
        INCR
        DISCARD
        WATCH a b
        SET a 2
        MULTI
        GET a
        EXEC
        WATCH a
        UNWATCH
        MULTI
        LPUSH a 1
        GET a
        EXEC
        MULTI
        EXEC
        MULTI
        DISCARD
        MULTI
        WATCH a
        BLPOP none 0
        EXEC
        MULTI x
        EXEC
        WATCH
        GET a
        """);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void databasesAndWaiting(int version) throws Exception {
    same(
        version,
        """
        SET a zero
        SELECT 3
        SET a three
        GET a
        DBSIZE
        SELECT 0
        GET a
        SELECT 99
        SELECT x
        GET a
        BLPOP none 0.01
        RPUSH l 1
        BLPOP none l 0
        BRPOPLPUSH none other 0.01
        BLMPOP 0.01 2 none l LEFT
        BZPOPMIN none 0.01
        XREAD BLOCK 10 STREAMS none $
        MOVE a 3
        SELECT 3
        FLUSHDB
        """);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void inlineAndCutRequests(int version) throws Exception {
    try (Wire ours = rig.wire();
        Wire theirs = new Wire(BARE.port())) {
      for (Wire wire : List.of(ours, theirs)) {
        wire.ask("HELLO " + version);
        wire.sendRaw("SET a \"x y\"\r\nGET a\r\n\r\nNOSUCH 'q r'\r\n*1\r\n$4\r\nPI");
        wire.sendRaw("NG\r\n*2\r\n$3\r\nGET\r\n$1");
        wire.sendRaw("\r\na\r\n");
      }
      assertThat(ours.replies(5)).isEqualTo(theirs.replies(5));
    }
  }

  @Test
  void channelsInBothVersions() throws Exception {
    for (int version : new int[] {2, 3}) {
      try (Wire ours = rig.wire();
          Wire theirs = new Wire(BARE.port())) {
        for (Wire wire : List.of(ours, theirs)) {
          wire.ask("HELLO " + version);
          wire.send(
              "SUBSCRIBE a b\nPSUBSCRIBE x*\nSSUBSCRIBE s\nUNSUBSCRIBE a none\nUNSUBSCRIBE\n"
                  + "PUNSUBSCRIBE\nSUNSUBSCRIBE\nUNSUBSCRIBE\nPUNSUBSCRIBE\nSUBSCRIBE");
        }
        assertThat(ours.replies(12)).isEqualTo(theirs.replies(12));
        for (Wire wire : List.of(ours, theirs)) {
          wire.send("SUBSCRIBE c\nPSUBSCRIBE c*");
          wire.replies(2);
        }
        if (version == 2) {
          for (Wire wire : List.of(ours, theirs)) {
            wire.send("GET a\nPING\nPING x\nMULTI\nHELLO 3");
          }
          assertThat(ours.replies(5)).isEqualTo(theirs.replies(5));
        }
        try (Wire ourSpeaker = rig.wire();
            Wire theirSpeaker = new Wire(BARE.port())) {
          assertThat(ourSpeaker.ask("PUBLISH c hello")).isEqualTo(":2\r\n");
          theirSpeaker.ask("PUBLISH c hello");
        }
        assertThat(ours.replies(2)).isEqualTo(theirs.replies(2));
        for (Wire wire : List.of(ours, theirs)) {
          wire.send("UNSUBSCRIBE\nPUNSUBSCRIBE\nSET k " + version + "\nGET k");
        }
        assertThat(ours.replies(4)).isEqualTo(theirs.replies(4));
      }
    }
  }

  @Test
  void trackingTellsOfChanges() throws Exception {
    try (Wire ours = rig.wire();
        Wire other = rig.wire()) {
      ours.ask("HELLO 3");
      assertThat(ours.send("CLIENT TRACKING ON\nSET t 1\nGET t").replies(3)).contains("$1\r\n1");
      other.ask("SET t 2");
      assertThat(ours.reply()).startsWith(">2\r\n$10\r\ninvalidate");
      assertThat(ours.ask("CLIENT TRACKING OFF")).isEqualTo("+OK\r\n");
    }
  }

  @Test
  void aBlockedClientHoldsNobodyUpAndLeavesNothing() throws Exception {
    try (Wire other = rig.wire()) {
      Wire blocked = rig.wire();
      blocked.send("SET before 1\nBLPOP queue 0\nGET before");
      assertThat(blocked.reply()).isEqualTo("+OK\r\n");
      Await.until("it blocks", () -> asked(other, "INFO clients").contains("blocked_clients:1"));
      assertThat(other.ask("RPUSH queue x")).isEqualTo(":1\r\n");
      assertThat(blocked.replies(2)).isEqualTo("*2\r\n$5\r\nqueue\r\n$1\r\nx\r\n$1\r\n1\r\n");
      blocked.send("BLPOP queue 0");
      Await.until("it blocks", () -> asked(other, "INFO clients").contains("blocked_clients:1"));
      blocked.close();
      Await.until("it is gone", () -> asked(other, "INFO clients").contains("blocked_clients:0"));
      assertThat(other.ask("RPUSH queue y")).isEqualTo(":1\r\n");
      assertThat(other.ask("LLEN queue")).isEqualTo(":1\r\n");
    }
  }

  private static String asked(Wire wire, String command) {
    try {
      return wire.ask(command);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBlockedClientCanBeFreed() throws Exception {
    try (Wire blocked = rig.wire();
        Wire other = rig.wire()) {
      String id = blocked.ask("CLIENT ID").strip().substring(1);
      assertThat(other.ask("CLIENT UNBLOCK " + id)).isEqualTo(":0\r\n");
      blocked.send("BLPOP queue 0");
      Await.until("it blocks", () -> asked(other, "INFO clients").contains("blocked_clients:1"));
      assertThat(other.ask("CLIENT UNBLOCK " + id + " ERROR")).isEqualTo(":1\r\n");
      assertThat(blocked.reply()).startsWith("-UNBLOCKED");
      assertThat(blocked.ask("ECHO x")).isEqualTo("$1\r\nx\r\n");
    }
  }

  @Test
  void aScriptThatDoesNotEndCanBeKilled() throws Exception {
    try (Wire stuck = rig.wire();
        Wire other = rig.wire()) {
      other.ask("CONFIG SET lua-time-limit 10");
      stuck.send("EVAL repeat\tuntil(false) 0");
      Await.until("it is killed", () -> asked(other, "SCRIPT KILL").equals("+OK\r\n"));
      assertThat(stuck.reply()).startsWith("-ERR").contains("killed");
    }
  }

  @Test
  void largeValuesPassBothWays() throws Exception {
    String large = "0123456789abcdef".repeat(700_000);
    try (Wire ours = rig.wire()) {
      ours.send("SET large " + large + "\nGET large\nSTRLEN large");
      assertThat(ours.reply()).isEqualTo("+OK\r\n");
      assertThat(ours.reply()).hasSize(large.length() + 13).contains(large);
      assertThat(ours.reply()).isEqualTo(":" + large.length() + "\r\n");
    }
  }

  /** Commands of all kinds in any order and in pipelines of any length. */
  @Test
  void anyPipelineIsAnsweredTheSame() throws Exception {
    List<String> kinds =
        List.of(
            "SET k# v#",
            "GET k#",
            "INCR n#",
            "LPUSH l# a",
            "BLPOP l# 0.001",
            "MULTI",
            "EXEC",
            "DISCARD",
            "WATCH k#",
            "UNWATCH",
            "MGET k1 k2 k3",
            "DEL k# l#",
            "PING",
            "ECHO #",
            "SELECT #",
            "SELECT 0",
            "EVAL return{KEYS[1],#} 1 k#",
            "NOSUCH #",
            "GET",
            "DBSIZE",
            "CLIENT GETNAME",
            "LRANGE l# 0 -1",
            "SORT l# ALPHA",
            "EXISTS k1 k2 k3");
    Seeded.rounds(
        20261127,
        40,
        random -> {
          List<String> script = new ArrayList<>();
          for (int i = random.nextInt(1, 60); i > 0; i--) {
            String number = Integer.toString(random.nextInt(1, 4));
            script.add(kinds.get(random.nextInt(kinds.size())).replace("#", number));
          }
          script.add("DISCARD");
          script.add("UNWATCH");
          script.add("FLUSHALL");
          String text = String.join("\n", script);
          same(random.nextInt(2, 4), text.toUpperCase(Locale.ROOT).replace("RETURN", "return"));
        });
  }
}
