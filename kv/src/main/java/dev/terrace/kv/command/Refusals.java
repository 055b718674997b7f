package dev.terrace.kv.command;

import dev.terrace.kv.command.Command.Action.Refused;
import dev.terrace.kv.command.Command.Keys;
import java.util.ArrayList;
import java.util.List;

/** Commands that Redis has and that are refused here, each with its reason. */
final class Refusals {

  private Refusals() {}

  static List<Command> all() {
    List<Command> all = new ArrayList<>();
    refuse(
        all,
        "keys are rows of tables, which Redis's form of them says nothing of",
        "debug",
        "dump",
        "restore");
    refuse(all, "a row's key is its identity", "rename", "renamenx", "move", "copy");
    refuse(all, "it would empty tables; delete rows by key or with SQL", "flushall", "flushdb");
    refuse(
        all,
        "scripts need a Redis store",
        "eval",
        "evalsha",
        "eval_ro",
        "evalsha_ro",
        "fcall",
        "fcall_ro",
        "script",
        "function");
    refuse(
        all,
        "publish and subscribe need a Redis store",
        "ssubscribe",
        "publish",
        "spublish",
        "sunsubscribe",
        "pubsub",
        "monitor");
    refuse(
        all,
        "this is no Redis server to operate",
        "shutdown",
        "save",
        "bgsave",
        "bgrewriteaof",
        "lastsave",
        "slaveof",
        "replicaof",
        "failover",
        "cluster",
        "module",
        "latency",
        "slowlog",
        "swapdb",
        "wait",
        "waitaof",
        "sync",
        "psync");
    refuse(
        all,
        "a collection's keys are strings or hashes",
        "lpush",
        "rpush",
        "lpop",
        "rpop",
        "llen",
        "lrange",
        "lindex",
        "lset",
        "lrem",
        "ltrim",
        "sadd",
        "srem",
        "smembers",
        "sismember",
        "scard",
        "spop",
        "zadd",
        "zrem",
        "zrange",
        "zscore",
        "zcard",
        "zincrby",
        "xadd",
        "xread",
        "xrange",
        "pfadd",
        "pfcount",
        "geoadd",
        "blpop",
        "brpop");
    return all;
  }

  private static void refuse(List<Command> all, String why, String... names) {
    for (String name : names) {
      all.add(new Command(name, -1, Keys.NONE, new Refused(why), "Refused: " + why + "."));
    }
  }
}
