package dev.terrace.engines.redis;

import dev.terrace.core.pool.Address;
import dev.terrace.engine.EngineFailure;
import dev.terrace.engine.EngineFailure.Kind;
import java.util.Set;
import redis.clients.jedis.exceptions.JedisDataException;

/** Makes of a server's error what the engine's callers understand, by its first word. */
final class Refusals {

  /** A server that will serve later, or does not serve writes: another may be asked. */
  private static final Set<String> AWAY =
      Set.of(
          "LOADING",
          "BUSY",
          "MASTERDOWN",
          "READONLY",
          "MISCONF",
          "NOREPLICAS",
          "CLUSTERDOWN",
          "MOVED",
          "ASK",
          "TRYAGAIN");

  private Refusals() {}

  static EngineFailure failure(Address server, JedisDataException e) {
    return AWAY.contains(word(e))
        ? new EngineFailure(Kind.UNREACHABLE, server + " does not serve now: " + e.getMessage(), e)
        : new EngineFailure(Kind.REJECTED, server + " refused: " + e.getMessage(), e);
  }

  /** Whether it has no memory left for what was to be kept. */
  static boolean isFull(JedisDataException e) {
    String message = String.valueOf(e.getMessage());
    // In the second form a script ran into it.
    return message.startsWith("OOM") || message.contains("-OOM") || message.contains("OOM command");
  }

  /** Whether it does not know a script by its hash. */
  static boolean lacksScript(JedisDataException e) {
    return word(e).equals("NOSCRIPT");
  }

  private static String word(JedisDataException e) {
    String message = String.valueOf(e.getMessage());
    int end = message.indexOf(' ');
    return end < 0 ? message : message.substring(0, end);
  }
}
