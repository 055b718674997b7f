package dev.terrace.core.balance;

import java.util.Map;
import java.util.Optional;
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

  private static final Pattern HASH = Pattern.compile("hash\\((.+)\\)");

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
    Optional<HashInput> input = hash.matches() ? HashInput.find(hash.group(1)) : Optional.empty();
    // The client's address has a policy of its own name.
    if (input.isPresent() && !(input.get() instanceof HashInput.ClientAddress)) {
      return new ConsistentHash(input.get(), ConsistentHash.LOAD_BOUND);
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is not a balancing policy; known are "
            + String.join(", ", PLAIN.keySet().stream().sorted().toList())
            + ", hash(header:NAME), hash(cookie:NAME), hash(query:NAME) and hash(path)");
  }
}
