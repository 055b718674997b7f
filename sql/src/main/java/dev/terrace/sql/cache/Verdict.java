package dev.terrace.sql.cache;

import java.time.Duration;
import java.util.Set;

/** Whether a statement's result may be kept. */
public sealed interface Verdict {

  /**
   * It may be.
   *
   * @param ttl for how long
   * @param tables what it is made of, by their names without a schema
   */
  record Keep(Duration ttl, Set<String> tables) implements Verdict {}

  /** Nobody has asked for it. */
  record Unasked(String reason) implements Verdict {}

  /** It was asked for, but cannot be. */
  record Not(NotKept why, String reason) implements Verdict {}
}
