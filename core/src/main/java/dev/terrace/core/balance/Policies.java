package dev.terrace.core.balance;

import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of all policies, as the file writes them. */
public final class Policies {

  private static final Map<String, Supplier<Policy>> PLAIN =
      Map.of(
          RoundRobin.NAME, RoundRobin::new,
          LeastConnections.NAME, LeastConnections::new,
          RandomChoice.NAME, RandomChoice::new,
          PowerOfTwoChoices.NAME, PowerOfTwoChoices::new,
          PeakEwma.NAME, PeakEwma::new,
          ConsistentHash.IP_HASH, ConsistentHash::ofClientAddress);

  private static final Pattern HASH = Pattern.compile("hash\\((\\w+)(?::([^()\\s]+))?\\)");

  private Policies() {}

  /**
   * Reads a policy: {@code round-robin}, {@code ip-hash}, {@code hash(header:X-User)}, {@code
   * hash(cookie:id)}, {@code hash(query:user)}, {@code hash(path)}.
   *
   * @throws IllegalArgumentException with the known names if it is none of them
   */
  public static Policy parse(String text) {
    Supplier<Policy> plain = PLAIN.get(text);
    if (plain != null) {
      return plain.get();
    }
    Matcher hash = HASH.matcher(text);
    if (hash.matches()) {
      String what = hash.group(1);
      String name = hash.group(2);
      if (what.equals("path") && name == null) {
        return new ConsistentHash(new HashInput.Path(), ConsistentHash.LOAD_BOUND);
      }
      if (what.equals("header") && name != null) {
        return new ConsistentHash(new HashInput.Header(name), ConsistentHash.LOAD_BOUND);
      }
      if (what.equals("cookie") && name != null) {
        return new ConsistentHash(new HashInput.Cookie(name), ConsistentHash.LOAD_BOUND);
      }
      if (what.equals("query") && name != null) {
        return new ConsistentHash(new HashInput.Query(name), ConsistentHash.LOAD_BOUND);
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is not a balancing policy; known are "
            + String.join(", ", PLAIN.keySet().stream().sorted().toList())
            + ", hash(header:NAME), hash(cookie:NAME), hash(query:NAME) and hash(path)");
  }
}
