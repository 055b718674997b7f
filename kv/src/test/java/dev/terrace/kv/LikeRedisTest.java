package dev.terrace.kv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.sandbox.RedisServer;
import dev.terrace.testkit.NeedsProgram;
import dev.terrace.testkit.Seeded;
import dev.terrace.testkit.SharedPostgres;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same commands sent to Terrace and to a real Redis, which must answer the same. Columns are
 * such that both can: bytea for strings; a hash's row has its key as a field, so that Redis is told
 * to have it too.
 */
@NeedsProgram("redis-server")
class LikeRedisTest {

  private static final List<String> NUMBERS =
      List.of("0", "1", "-1", "2", "5", "-3", "7", "100", "x", "", "1.5", "9223372036854775807");
  private static final List<String> VALUES =
      List.of("", "a", "hello world", "12", "-7", "0.5", "\u0000\r\n\u00ff", "9223372036854775806");
  private static final List<String> FRACTIONS =
      List.of("0.1", "-2.25", "1", "3e-2", ".5", "5.", "abc", "inf", "", "1e99999", " 1");
  private static final String[] FIELDS = {"a", "b", "n"};

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static KvRig rig;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static RedisServer redis;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.start();
    rig =
        KvRig.start(
            SharedPostgres.get(),
            "password: all, users: {app: {password: pw, commands: [+@read, +set, +@hash, -get,"
                + " +config|get, +ping], keys: ['h:*', '%R~str:*', '%W~str:k1']}}");
  }

  @AfterAll
  static void stop() {
    rig.close();
    redis.close();
  }

  /** Both servers, asked the same. */
  private static final class Pair implements AutoCloseable {
    final RespWire ours = RespWire.to(rig.port());
    final RespWire theirs = RespWire.to(redis.port());
    final List<String> sent = new ArrayList<>();

    Pair(String version) throws IOException {
      theirs.call("FLUSHALL");
      ours.call("HELLO", version, "AUTH", "default", "all");
      ours.call("DEL", "str:k0", "str:k1", "str:k2", "str:k3", "str:f0", "str:f1");
      ours.call("DEL", "h:1", "h:2", "h:3");
      theirs.call("HELLO", version);
    }

    /** Sends a command to both; what each says of it. */
    void same(String... words) throws IOException {
      sent.add(String.join(" ", words));
      assertThat(ours.call(words))
          .as("%s", sent.subList(Math.max(0, sent.size() - 12), sent.size()))
          .isEqualTo(theirs.call(words));
    }

    @Override
    public void close() throws IOException {
      ours.close();
      theirs.close();
    }
  }

  private static String[] join(String[] first, String... more) {
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  private static String[] setOptions(Seeded random) {
    String[] options = {};
    for (int i = random.nextInt(4); i > 0; i--) {
      options =
          join(
              options,
              random.pick(
                  List.of(
                      new String[] {"NX"},
                      new String[] {"XX"},
                      new String[] {"get"},
                      new String[] {"KEEPTTL"},
                      new String[] {"EXAT", "4000000000"},
                      new String[] {"PXAT", "4000000000123"},
                      new String[] {
                        "EX", random.pick(List.of("0", "-1", "x", "99999999999999999"))
                      },
                      new String[] {"EX"},
                      new String[] {"PERSIST"})));
    }
    return options;
  }

  private static String[] stringCommand(Seeded random) {
    Supplier<String> key = () -> "str:k" + random.nextInt(4);
    Supplier<String> number = () -> random.pick(NUMBERS);
    Supplier<String> value = () -> random.pick(VALUES);
    String k = key.get();
    return switch (random.nextInt(34)) {
      case 0, 1, 2 -> join(new String[] {"SET", k, value.get()}, setOptions(random));
      case 3 -> new String[] {"SETNX", k, value.get()};
      case 4 -> new String[] {"GETSET", k, value.get()};
      case 5 -> new String[] {"GETDEL", k};
      case 6 -> join(new String[] {"GETEX", k}, setOptions(random));
      case 7 -> new String[] {"APPEND", k, value.get()};
      case 8 -> new String[] {"SETRANGE", k, number.get(), value.get()};
      case 9 -> new String[] {"GETRANGE", k, number.get(), number.get()};
      case 10 -> new String[] {"SUBSTR", k, number.get(), number.get()};
      case 11 -> new String[] {"STRLEN", k};
      case 12 -> new String[] {random.pick(List.of("INCR", "DECR")), k};
      case 13, 14 -> new String[] {random.pick(List.of("INCRBY", "DECRBY")), k, number.get()};
      case 15 -> new String[] {"INCRBYFLOAT", "str:f" + random.nextInt(2), random.pick(FRACTIONS)};
      case 16 -> new String[] {"SETBIT", k, number.get(), random.pick(List.of("0", "1", "2"))};
      case 17 -> new String[] {"GETBIT", k, number.get()};
      case 18 -> new String[] {"BITCOUNT", k};
      case 19 -> new String[] {"BITCOUNT", k, number.get(), number.get(), bitUnit(random)};
      case 20 -> new String[] {"BITPOS", k, random.pick(List.of("0", "1", "2", "x"))};
      case 21 -> new String[] {"BITPOS", k, "0", number.get()};
      case 22 -> new String[] {"BITPOS", k, "1", number.get(), number.get(), bitUnit(random)};
      case 23 -> new String[] {"MSET", k, value.get(), key.get(), value.get()};
      case 24 -> new String[] {"MGET", k, key.get(), key.get()};
      case 25 -> new String[] {"DEL", k, key.get()};
      case 26 -> new String[] {"EXISTS", k, key.get(), k};
      case 27 -> new String[] {"TYPE", k};
      case 28 -> new String[] {"EXPIRETIME", k};
      case 29 -> new String[] {"PEXPIRETIME", k};
      case 30 ->
          new String[] {
            "EXPIREAT", k, random.pick(List.of("4000000000", "4000000001", "1", "x")), flag(random)
          };
      case 31 -> new String[] {"PERSIST", k};
      case 32 -> new String[] {"MSETNX", k, value.get(), key.get(), value.get()};
      default -> new String[] {"GET", k};
    };
  }

  private static String bitUnit(Seeded random) {
    return random.pick(List.of("BIT", "byte", "BYTE", "nibble"));
  }

  private static String flag(Seeded random) {
    return random.pick(List.of("NX", "XX", "GT", "LT", "ZZ"));
  }

  private static String[] hashCommand(Seeded random) {
    Supplier<String> field = () -> random.pick(List.of(FIELDS));
    Supplier<String> text = () -> random.pick(List.of("", "x", "12", "-7", "0.5", "\r\n"));
    Supplier<String> number = () -> random.pick(List.of("1", "-5", "40", "x", "", "1.5"));
    String k = "h:" + (1 + random.nextInt(3));
    return switch (random.nextInt(20)) {
      case 0, 1 -> new String[] {"HSET", k, "a", text.get(), "b", text.get()};
      case 2 -> new String[] {"HSET", k, "n", random.pick(List.of("4", "-4", "0"))};
      case 3 -> new String[] {"HMSET", k, "b", text.get(), "b", text.get()};
      case 4 -> new String[] {"HSETNX", k, "a", text.get()};
      case 5 -> new String[] {"HDEL", k, field.get(), field.get()};
      case 6 -> new String[] {"HINCRBY", k, field.get(), number.get()};
      case 7 ->
          new String[] {"HINCRBYFLOAT", k, random.pick(List.of("a", "b")), random.pick(FRACTIONS)};
      case 8 -> new String[] {"HGET", k, field.get()};
      case 9 -> new String[] {"HMGET", k, field.get(), "id", field.get()};
      case 10 -> new String[] {"HEXISTS", k, field.get()};
      case 11 -> new String[] {"HLEN", k};
      case 12 -> new String[] {"HSTRLEN", k, field.get()};
      case 13 -> new String[] {"HRANDFIELD", k, random.pick(List.of("0", "x"))};
      case 14 -> new String[] {"HSCAN", k, random.pick(List.of("0", "x")), "MATCH", field.get()};
      case 15 -> new String[] {"HSCAN", k, "0", "COUNT", number.get(), "match", "[a]*"};
      case 16 -> new String[] {"DEL", k};
      case 17 -> new String[] {"TYPE", k};
      case 18 -> new String[] {"HSET", k, "a"};
      default -> new String[] {"EXPIREAT", k, "4000000000", flag(random)};
    };
  }

  @Test
  void hashesAreAnsweredAsRedisDoes() {
    for (String version : List.of("2", "3")) {
      Seeded.rounds(
          43,
          1,
          random -> {
            try (Pair pair = new Pair(version)) {
              for (int i = 0; i < 400; i++) {
                String[] command = hashCommand(random);
                pair.same(command);
                // A row always has its key as a field.
                if (!pair.theirs.call("EXISTS", command[1]).equals("0")) {
                  pair.theirs.call("HSET", command[1], "id", command[1].substring(2));
                }
              }
            }
          });
    }
  }

  @Test
  void stringsAreAnsweredAsRedisDoes() {
    for (String version : List.of("2", "3")) {
      Seeded.rounds(
          41,
          1,
          random -> {
            try (Pair pair = new Pair(version)) {
              for (int i = 0; i < 1200; i++) {
                pair.same(stringCommand(random));
              }
            }
          });
    }
  }

  private static void transaction(Seeded random, Pair pair, Pair others) throws IOException {
    if (random.nextInt(3) == 0) {
      pair.same("WATCH", "str:k" + random.nextInt(4));
    }
    if (random.nextInt(3) == 0) {
      others.same("SETRANGE", "str:k" + random.nextInt(4), "1", Integer.toString(random.nextInt()));
    }
    if (random.nextInt(8) != 0) {
      pair.same("MULTI");
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      pair.same(
          switch (random.nextInt(40)) {
            case 0 -> new String[] {"NOSUCH"};
            case 1 -> new String[] {"GET"};
            case 2 -> new String[] {"MULTI"};
            case 3 -> new String[] {"WATCH", "str:k1"};
            case 4 -> new String[] {"PING"};
            case 5 -> new String[] {"UNWATCH"};
            default -> stringCommand(random);
          });
    }
    pair.same(random.nextInt(5) == 0 ? "DISCARD" : "EXEC");
  }

  @Test
  void transactionsAreAnsweredAsRedisDoes() {
    for (String version : List.of("2", "3")) {
      Seeded.rounds(
          47,
          1,
          random -> {
            try (Pair pair = new Pair(version);
                Pair others = new Pair(version)) {
              for (int i = 0; i < 100; i++) {
                transaction(random, pair, others);
              }
            }
          });
    }
  }

  @Test
  void usersMayDoWhatRedisLetsThemDo() {
    Seeded.rounds(
        53,
        1,
        random -> {
          try (Pair pair = new Pair("2")) {
            String[] rules = {"+@read", "+set", "+@hash", "-get", "+config|get", "+ping"};
            pair.theirs.call(join(new String[] {"ACL", "SETUSER", "app", "on", ">pw"}, rules));
            pair.theirs.call("ACL", "SETUSER", "app", "~h:*", "%R~str:*", "%W~str:k1");
            pair.same("ACL", "GETUSER", "nobody");
            pair.same("ACL", "DRYRUN", "app", "SET", "str:k2", "x");
            pair.same("ACL", "DRYRUN", "app", "SET", "str:k1", "x");
            pair.same("ACL", "DRYRUN", "app", "SET", "str:k1", "x", "GET");
            pair.same("ACL", "DRYRUN", "app", "INCR", "str:k1");
            pair.same("ACL", "DRYRUN", "nobody", "GET", "x");
            pair.same("AUTH", "app", "wrong");
            pair.same("AUTH", "app", "pw");
            pair.same("ACL", "WHOAMI");
            pair.same("CONFIG", "SET", "save", "");
            pair.same("RESET");
            pair.ours.call("AUTH", "all");
            pair.same("AUTH", "app", "pw");
            for (int i = 0; i < 120; i++) {
              pair.same(random.nextBoolean() ? stringCommand(random) : hashCommand(random));
              pair.theirs.call("AUTH", "default", "");
              for (String id : List.of("1", "2", "3")) {
                if (!pair.theirs.call("EXISTS", "h:" + id).equals("0")) {
                  pair.theirs.call("HSET", "h:" + id, "id", id);
                }
              }
              pair.theirs.call("AUTH", "app", "pw");
            }
          }
        });
  }
}
