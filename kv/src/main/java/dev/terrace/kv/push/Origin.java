package dev.terrace.kv.push;

/**
 * Who changes a key, for the thread that does.
 *
 * @param client the client's number
 * @param event what Redis calls that change
 */
public record Origin(long client, String event) {

  /** Who changes keys on this thread. */
  public static final ScopedValue<Origin> CURRENT = ScopedValue.newInstance();

  private static final Origin UNKNOWN = new Origin(0, "set");

  static Origin current() {
    return CURRENT.orElse(UNKNOWN);
  }

  /** The change that a command makes, in the words of Redis's keyspace events. */
  public static Origin of(long client, String command) {
    return new Origin(
        client,
        switch (command) {
          case "setnx", "setex", "psetex", "getset", "mset", "msetnx", "exec" -> "set";
          case "getdel", "unlink" -> "del";
          case "incr" -> "incrby";
          case "decr", "decrby" -> "decrby";
          case "getex", "pexpire", "expireat", "pexpireat" -> "expire";
          case "hmset", "hsetnx" -> "hset";
          case "json.forget" -> "json.del";
          default -> command;
        });
  }
}
