package dev.terrace.kv.pass;

import dev.terrace.kv.pass.PassCommand.Kind;
import dev.terrace.kv.pass.PassCommand.More;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Redis's commands by name in any case: where their keys are, and who answers them. */
final class PassCommands {

  private static final int SLOTS = 2048;

  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  private record Named(byte[] name, PassCommand command, @Nullable Named next) {}

  private static final @Nullable Named[] NAMES = new Named[SLOTS];

  /** What a command is taken for that is not known: those of modules begin with a key. */
  static final PassCommand UNKNOWN =
      new PassCommand(0, "unknown", 1, 1, 1, More.NONE, Kind.KEYS, false);

  private static final List<PassCommand> ALL = new ArrayList<>(List.of(UNKNOWN));

  static {
    keys(
        1,
        1,
        1,
        "append bitcount bitfield bitfield_ro bitpos decr decrby dump expire expireat expiretime"
            + " geoadd geodist geohash geopos georadius_ro georadiusbymember_ro geosearch get"
            + " getbit getdel getex getrange getset hdel hexists hexpire hexpireat hexpiretime hget"
            + " hgetall hgetdel hgetex hincrby hincrbyfloat hkeys hlen hmget hmset hpersist hpexpire"
            + " hpexpireat hpexpiretime hpttl hrandfield hscan hset hsetex hsetnx hstrlen httl hvals"
            + " incr incrby incrbyfloat lindex linsert llen lpop lpos lpush lpushx lrange lrem lset"
            + " ltrim move persist pexpire pexpireat pexpiretime pfadd psetex pttl restore rpop"
            + " rpush rpushx sadd scard set setbit setex setnx setrange sismember smembers"
            + " smismember spop srandmember srem sscan strlen substr ttl type xack xackdel xadd"
            + " xautoclaim xclaim xdel xdelex xlen xpending xrange xrevrange xsetid xtrim zadd"
            + " zcard zcount zincrby zlexcount zmscore zpopmax zpopmin zrandmember zrange"
            + " zrangebylex zrangebyscore zrank zrem zremrangebylex zremrangebyrank"
            + " zremrangebyscore zrevrange zrevrangebylex zrevrangebyscore zrevrank zscan zscore");
    keys(1, 2, 1, "copy geosearchstore lcs lmove rename renamenx rpoplpush smove zrangestore");
    keys(1, -1, 1, "pfcount pfmerge sdiff sdiffstore sinter sinterstore sunion sunionstore");
    keys(1, -1, 2, "msetnx");
    keys(2, -1, 1, "bitop");
    keys(2, 2, 1, "memory object pfdebug xgroup xinfo");
    all(Kind.SUMMED, 1, -1, 1, "del exists touch unlink");
    all(Kind.LISTED, 1, -1, 1, "mget");
    all(Kind.PAIRS, 1, -1, 2, "mset");
    more(More.COUNTED, 2, "lmpop sintercard zdiff zinter zintercard zmpop zunion msetex");
    more(More.COUNTED, 3, "eval evalsha eval_ro evalsha_ro fcall fcall_ro");
    more(More.STORE_COUNTED, 0, "zdiffstore zinterstore zunionstore");
    more(More.STORE, 1, "georadius georadiusbymember sort sort_ro");
    more(More.MIGRATE, 0, "migrate");
    blocking(More.NONE, 1, 2, "blmove brpoplpush");
    blocking(More.NONE, 1, -2, "blpop brpop bzpopmax bzpopmin");
    blocking(More.TIMEOUT_COUNTED, 0, 0, "blmpop bzmpop");
    blocking(More.STREAMS, 0, 0, "xread xreadgroup");
    all(Kind.ALL, 0, 0, 0, "flushall flushdb swapdb");
    all(Kind.SUM, 0, 0, 0, "dbsize");
    all(Kind.JOIN, 0, 0, 0, "keys");
    all(Kind.SCAN, 0, 0, 0, "scan");
    all(Kind.RANDOM, 0, 0, 0, "randomkey");
    all(Kind.SCRIPT, 0, 0, 0, "script function");
    all(Kind.CONFIG, 0, 0, 0, "config");
    all(
        Kind.FIRST,
        0,
        0,
        0,
        "bgrewriteaof bgsave cluster command debug echo info lastsave latency lolwut module"
            + " pfselftest role save slowlog time");
    all(Kind.PUBLISH, 1, 1, 1, "publish spublish");
    all(Kind.PUBSUB, 0, 0, 0, "pubsub");
    all(Kind.SUBSCRIBE, 0, 0, 0, "subscribe psubscribe ssubscribe");
    all(Kind.UNSUBSCRIBE, 0, 0, 0, "unsubscribe punsubscribe sunsubscribe");
    for (Kind own : new Kind[] {Kind.MULTI, Kind.EXEC, Kind.DISCARD, Kind.UNWATCH}) {
      all(own, 0, 0, 0, own.name().toLowerCase(Locale.ROOT));
    }
    all(Kind.WATCH, 1, -1, 1, "watch");
    all(Kind.SELECT, 0, 0, 0, "select");
    all(Kind.CLIENT, 0, 0, 0, "client");
    all(Kind.MONITOR, 0, 0, 0, "monitor");
    all(Kind.WAIT, 0, 0, 0, "wait waitaof");
    all(Kind.LOCAL, 0, 0, 0, "acl auth ping");
    all(Kind.HELLO, 0, 0, 0, "hello");
    all(Kind.RESET, 0, 0, 0, "quit reset");
    all(
        Kind.REFUSED,
        0,
        0,
        0,
        "asking failover psync readonly readwrite replconf replicaof restore-asking shutdown"
            + " slaveof sync");
  }

  private PassCommands() {}

  private static void keys(int first, int last, int step, String names) {
    all(Kind.KEYS, first, last, step, names);
  }

  private static void all(Kind kind, int first, int last, int step, String names) {
    for (String name : names.split(" ", -1)) {
      add(new PassCommand(ALL.size(), name, first, last, step, More.NONE, kind, false));
    }
  }

  private static void more(More more, int first, String names) {
    for (String name : names.split(" ", -1)) {
      add(new PassCommand(ALL.size(), name, first, first, 1, more, Kind.KEYS, false));
    }
  }

  private static void blocking(More more, int first, int last, String names) {
    for (String name : names.split(" ", -1)) {
      add(new PassCommand(ALL.size(), name, first, last, 1, more, Kind.KEYS, true));
    }
  }

  /** All commands, by their numbers. */
  static List<PassCommand> all() {
    return ALL;
  }

  private static void add(PassCommand command) {
    ALL.add(command);
    byte[] name = command.name().getBytes(StandardCharsets.US_ASCII);
    int hash = 0;
    for (byte b : name) {
      hash = 31 * hash + (b | 0x20);
    }
    int slot = slot(hash);
    NAMES[slot] = new Named(name, command, NAMES[slot]);
  }

  private static int slot(int hash) {
    return (hash ^ (hash >>> 11)) & (SLOTS - 1);
  }

  /** The command that a request begins with, or null if there is none of that name. */
  static @Nullable PassCommand of(RequestFrame frame) {
    ByteBuf in = frame.buffer();
    int start = frame.start(0);
    int length = frame.length(0);
    int hash = 0;
    for (int i = start; i < start + length; i++) {
      hash = 31 * hash + (in.getByte(i) | 0x20);
    }
    for (Named named = NAMES[slot(hash)]; named != null; named = named.next()) {
      if (same(named.name(), in, start, length)) {
        return named.command();
      }
    }
    return null;
  }

  private static boolean same(byte[] lower, ByteBuf in, int start, int length) {
    if (lower.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      int c = in.getByte(start + i);
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower[i]) {
        return false;
      }
    }
    return true;
  }
}
